"""Coming in and letting in: passwords, codes with QR, devices."""
