namespace Semblance.Tokenizers;

/// <summary>
/// Computes the parts into which truncation splits the tokens of a text: the part that is kept and the overflowing parts.
/// </summary>
internal static class TruncationWindows
{
    /// <summary>
    /// Returns the parts of at most <paramref name="length"/> of <paramref name="count"/> tokens, which overlap by a stride.
    /// </summary>
    /// <exception cref="ArgumentException">The stride is not less than the length.</exception>
    public static List<(int Start, int End)> Cut(int count, int length, int stride, Side direction)
    {
        if (length >= count)
        {
            return [(0, count)];
        }

        if (length == 0)
        {
            return [(0, 0), (0, count)];
        }

        if (stride >= length)
        {
            throw new ArgumentException(
                $"The stride is {stride}, but a part has only {length} tokens of the text; use a smaller stride or a greater maximum length.", nameof(stride));
        }

        var parts = new List<(int Start, int End)>();
        for (var skipped = 0; ; skipped += length - stride)
        {
            var (start, end) = direction == Side.Right
                ? (skipped, Math.Min(skipped + length, count))
                : (Math.Max(count - skipped - length, 0), count - skipped);
            parts.Add((start, end));
            if (direction == Side.Right ? end == count : start == 0)
            {
                return parts;
            }
        }
    }

    /// <summary>Returns the number of tokens that each text of a pair keeps.</summary>
    /// <exception cref="ArgumentException">The text that the strategy names is missing or too short.</exception>
    public static (int First, int Second) Lengths(int first, int? second, int limit, TruncationStrategy strategy)
    {
        var (total, other) = ((long)first + (second ?? 0), second ?? 0);
        if (total <= limit || (second is null && strategy == TruncationStrategy.LongestFirst))
        {
            return (Math.Min(first, limit), other);
        }

        // As in the reference, which removes all tokens.
        if (limit == 0)
        {
            return (0, 0);
        }

        if (strategy == TruncationStrategy.LongestFirst)
        {
            var shorter = Math.Min(Math.Min(first, other), limit / 2);
            return first > other ? (limit - shorter, shorter) : (shorter, limit - shorter);
        }

        var isFirst = strategy == TruncationStrategy.OnlyFirst;
        if (!isFirst && second is null)
        {
            throw new ArgumentException(
                $"The truncation strategy is {strategy}, but there is no second text; pass one, or use {TruncationStrategy.LongestFirst}.", nameof(strategy));
        }

        var left = limit - (isFirst ? other : first);
        return left <= 0
            ? throw new ArgumentException(
                $"The truncation strategy {strategy} would remove {total - limit} of the {(isFirst ? first : other)} tokens of its text; "
                + $"use {TruncationStrategy.LongestFirst} or a greater maximum length.",
                nameof(strategy))
            : isFirst ? (left, other) : (first, left);
    }

    /// <summary>
    /// Truncates a pair: the shorter text stays whole if it fits in half the limit; otherwise, each text gets half, and the longer one (the
    /// second of equals) the odd token. The reference stops tokenizing at the word that reaches the maximum length, so the lengths seen
    /// until there are compared.
    /// </summary>
    public static void TruncateLongestFirst(TokenList first, TokenList second, int limit)
    {
        if ((long)first.Seen + second.Seen <= limit)
        {
            first.Truncate(limit);
            second.Truncate(limit);
            return;
        }

        var shorter = Math.Min(Math.Min(first.Seen, second.Seen), limit / 2);
        var longer = limit - shorter;
        var isFirstLonger = first.Seen > second.Seen;
        first.Truncate(isFirstLonger ? longer : shorter);
        second.Truncate(isFirstLonger ? shorter : longer);
    }
}
