using Semblance.Tokenizers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>Labels words by the probabilities of their first tokens.</summary>
internal static class WordLabels
{
    private const string Outside = "O";

    /// <summary>Returns the label of each word.</summary>
    /// <param name="text">The text with its words.</param>
    /// <param name="windows">The windows of the text with the probabilities of their tokens.</param>
    /// <param name="labels">The names of the labels.</param>
    public static IReadOnlyList<string> Of(
        TextWords text, IReadOnlyList<(Encoding Tokens, float[] Scores)> windows, IReadOnlyList<string> labels)
    {
        var ends = text.Words.Select((word, i) => text.Starts[i] + word.Length).ToArray();
        var found = new (int Label, int Distance)[text.Words.Count];
        Array.Fill(found, (-1, -1));
        foreach (var (tokens, scores) in windows)
        {
            var words = WordAlignment.WordsOf(tokens, text.Starts, ends);
            for (var i = 0; i < words.Length; i++)
            {
                // Of several windows, the one with the most context around the word counts.
                var distance = Math.Min(i, words.Length - 1 - i);
                var isFirst = words[i] >= 0 && tokens.Offsets[i].Start <= text.Starts[words[i]];
                if (isFirst && distance > found[words[i]].Distance)
                {
                    found[words[i]] = (TensorPrimitives.IndexOfMax(scores.AsSpan(i * labels.Count, labels.Count)), distance);
                }
            }
        }

        // A word without a token of its own is part of the token before it, or was dropped.
        var result = new string[found.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var isInside = i > 0 && text.Starts[i] == ends[i - 1];
            result[i] = found[i].Label >= 0 ? labels[found[i].Label] : isInside ? Continuation(result[i - 1], labels) : Outside;
        }

        return result;
    }

    /// <summary>Returns the label of a further token of a word: <c>I-</c> in place of <c>B-</c> if there is such a label.</summary>
    public static int Continuation(int label, IReadOnlyList<string> labels)
    {
        var name = Continuation(labels[label], labels);
        return labels.Index().First(other => other.Item == name).Index;
    }

    private static string Continuation(string label, IReadOnlyList<string> labels) =>
        label is ['B', '-', .. var type] && labels.Contains("I-" + type) ? "I-" + type : label;
}
