"""Fibonacci numbers by plain recursion: nothing but calls."""


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def python(n):
    return fib(n)
