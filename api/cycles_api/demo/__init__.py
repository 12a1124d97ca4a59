"""A made-up school with cycles in every state, played by real commands on a simulated calendar."""

from cycles_api.demo.building import DemoSchool, build_demo

__all__ = ["DemoSchool", "build_demo"]
