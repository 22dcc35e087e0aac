"""`python -m skillopt`."""

from skillopt.cli.main import run

if __name__ == "__main__":
    run()
