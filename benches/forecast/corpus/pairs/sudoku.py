"""Count the solutions of puzzles by backtracking with bit masks."""


def solve(board, rows, columns, boxes, empty, at):
    if at == len(empty):
        return 1
    i = empty[at]
    r, c = divmod(i, 9)
    b = r // 3 * 3 + c // 3
    used = rows[r] | columns[c] | boxes[b]
    count = 0
    for digit in range(1, 10):
        bit = 1 << digit
        if used & bit == 0:
            board[i] = digit
            rows[r] |= bit
            columns[c] |= bit
            boxes[b] |= bit
            count += solve(board, rows, columns, boxes, empty, at + 1)
            rows[r] ^= bit
            columns[c] ^= bit
            boxes[b] ^= bit
            board[i] = 0
    return count


def python(puzzles):
    out = []
    for text in puzzles:
        board = [int(ch) for ch in text]
        rows, columns, boxes = [0] * 9, [0] * 9, [0] * 9
        for i, d in enumerate(board):
            if d:
                r, c = divmod(i, 9)
                rows[r] |= 1 << d
                columns[c] |= 1 << d
                boxes[r // 3 * 3 + c // 3] |= 1 << d
        out.append(solve(board, rows, columns, boxes, [i for i, d in enumerate(board) if not d], 0))
    return out
