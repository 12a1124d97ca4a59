"""What many would serve: FastAPI over SQLAlchemy's ORM, a row updated, an audit row inserted.

Nobody signs in, nothing is guarded or chained. `python -m tests.bench.fastapi_peer DATABASE
CYCLES` makes so many cycles `c0`, `c1` … and serves them, put on the network as we are.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy.orm import Session, sessionmaker

from cycles_api.cli.serve import address_of, listening
from cycles_api.cli.terminal import Terminal
from cycles_api.serving import server_of
from cycles_api.settings import Settings
from tests.bench.orm import Cycle, advance, plain_engine


class Advance(BaseModel):
    """What is sent."""

    transition: str
    reason: str | None = None


class Advanced(BaseModel):
    """What is answered."""

    cycle: str
    revision: int


def app_on(path: Path, cycles: int) -> FastAPI:
    """The application on a new database with so many cycles."""
    engine = plain_engine(path)
    sessions = sessionmaker(engine)
    with sessions() as session:
        session.add_all(Cycle(id=f"c{n}", state="co_prepare", revision=1) for n in range(cycles))
        session.commit()
    app = FastAPI()

    def opened() -> Iterator[Session]:
        with sessions() as session:
            yield session

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/cycles/{cycle_id}/transitions")
    def transitions(
        cycle_id: str, asked: Advance, session: Annotated[Session, Depends(opened)]
    ) -> Advanced:
        revision = advance(session, cycle_id, asked.transition, "song")
        return Advanced(cycle=cycle_id, revision=revision)

    return app


def main() -> None:
    """Serve until a signal comes."""
    settings = Settings(port=0)
    with listening(Terminal("en"), settings) as line:
        app = app_on(Path(sys.argv[1]), int(sys.argv[2]))
        print(address_of(line), file=sys.stderr, flush=True)
        server_of(app, settings).run(sockets=[line])  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
