using System.Globalization;
using Semblance.Tokenizers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Finds the most probable answers by the logits of tokens, by the rules of the original's question answering pipeline.
/// </summary>
/// <param name="options">The number and the length of answers.</param>
/// <param name="classId">The id of the token that stands for no answer, or null.</param>
internal sealed class AnswerSearch(AnswerOptions options, int? classId)
{
    /// <summary>Returns the answers in a text, by descending score.</summary>
    /// <param name="context">The text.</param>
    /// <param name="windows">The windows of question and text with the logits of their tokens, <c>[tokens × 2]</c>.</param>
    /// <param name="shared">
    /// The logarithms of the sums of the exponentials over several texts, for starts and ends, so that scores of different texts can be
    /// compared; <see langword="null"/> for those of each window.
    /// </param>
    public IReadOnlyList<Answer> Of(
        string context, IReadOnlyList<(Encoding Tokens, float[] Logits)> windows, (float Starts, float Ends)? shared = null)
    {
        var found = new List<Answer>();
        var none = float.PositiveInfinity;
        foreach (var (tokens, logits) in windows)
        {
            var (starts, ends) = (Probabilities(tokens, logits, 0, shared?.Starts), Probabilities(tokens, logits, 1, shared?.Ends));
            none = Math.Min(none, starts[0] * ends[0]);
            foreach (var (first, last, score) in Spans(tokens, starts, ends))
            {
                Add(found, context, tokens.Offsets[first].Start, tokens.Offsets[last].End, score);
            }
        }

        if (options.AllowNoAnswer && windows.Count > 0)
        {
            found.Add(new Answer("", none, 0, 0));
        }

        return [.. found.OrderByDescending(answer => answer.Score).Take(options.TopK)];
    }

    /// <summary>Returns the logarithms of the sums of the exponentials over the windows of several texts.</summary>
    public (float Starts, float Ends) Shared(IEnumerable<(Encoding Tokens, float[] Logits)> windows)
    {
        float[][] starts = [.. windows.Select(window => Candidates(window.Tokens, window.Logits, 0))];
        float[][] ends = [.. windows.Select(window => Candidates(window.Tokens, window.Logits, 1))];
        return (LogSumExp([.. starts.SelectMany(row => row)]), LogSumExp([.. ends.SelectMany(row => row)]));
    }

    private float[] Probabilities(Encoding tokens, float[] logits, int column, float? shared)
    {
        var values = Candidates(tokens, logits, column);
        var total = shared ?? LogSumExp(values);
        if (!float.IsFinite(total))
        {
            return new float[tokens.Count];
        }

        TensorPrimitives.Subtract(values, total, values);
        TensorPrimitives.Exp<float>(values, values);
        return values;
    }

    // The logits of the tokens of the text, and of the token that stands for no answer; −∞ for others.
    private float[] Candidates(Encoding tokens, float[] logits, int column)
    {
        var values = new float[tokens.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = tokens.Sequences[i] == 1 || tokens.Ids[i] == classId ? logits[(2 * i) + column] : float.NegativeInfinity;
        }

        return values;
    }

    private static float LogSumExp(float[] values)
    {
        var most = values.Length == 0 ? float.NegativeInfinity : TensorPrimitives.Max<float>(values);
        return float.IsFinite(most) ? most + (float)Math.Log(values.Sum(value => Math.Exp(value - most))) : most;
    }

    private IEnumerable<(int First, int Last, float Score)> Spans(Encoding tokens, float[] starts, float[] ends)
    {
        var best = new PriorityQueue<(int First, int Last, float Score), float>();
        for (var first = 0; first < starts.Length; first++)
        {
            for (var last = first; last < Math.Min(starts.Length, first + options.MaxAnswerTokens); last++)
            {
                if (tokens.Sequences[first] != 1 || tokens.Sequences[last] != 1)
                {
                    break;
                }

                var score = starts[first] * ends[last];
                if (best.Count < options.TopK)
                {
                    best.Enqueue((first, last, score), score);
                }
                else if (score > best.Peek().Score)
                {
                    best.EnqueueDequeue((first, last, score), score);
                }
            }
        }

        return best.UnorderedItems.Select(item => item.Element).OrderByDescending(span => span.Score);
    }

    // An answer is widened to whole words. Overlapping windows, and spans within a word, can find the same answer; it counts once.
    private static void Add(List<Answer> found, string context, int start, int end, float score)
    {
        while (start > 0 && IsInWord(context, start))
        {
            start--;
        }

        while (end < context.Length && IsInWord(context, end))
        {
            end++;
        }

        var index = found.FindIndex(answer => answer.Start == start && answer.End == end);
        if (index < 0)
        {
            found.Add(new Answer(context[start..end], score, start, end - start));
        }
        else if (score > found[index].Score)
        {
            found[index] = found[index] with { Score = score };
        }
    }

    // Whether a position is between two letters or digits. Chinese and Japanese characters are words of their own.
    private static bool IsInWord(string text, int position) => IsOfWord(text[position - 1]) && IsOfWord(text[position]);

    private static bool IsOfWord(char c) =>
        (char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark)
        && c is not ((>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF'));
}
