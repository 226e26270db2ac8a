namespace Semblance.Training;

/// <summary>
/// Represents the usual baseline of text classification: logistic regression on the words of a text and their pairs, each counted once.
/// Chinese and Japanese characters are words of their own.
/// </summary>
public sealed class BagOfWordsClassifier
{
    private const int Epochs = 20;
    private const float Rate = 0.5f, Penalty = 1e-6f;

    private readonly Dictionary<string, int> _features = new(StringComparer.Ordinal);
    private readonly float[] _weights; // [features + 1 × labels], the last row is the intercept
    private readonly int _labels;

    /// <summary>
    /// Initializes a new instance of the <see cref="BagOfWordsClassifier"/> class from labeled texts: 20 passes of AdaGrad (Duchi et al.
    /// 2011) over the rows in a fixed order.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="labels">The label of each text, from 0.</param>
    /// <param name="seed">The random seed of the order.</param>
    /// <exception cref="ArgumentException">The lists differ in length, or are empty.</exception>
    public BagOfWordsClassifier(IReadOnlyList<string> texts, IReadOnlyList<int> labels, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(labels);
        if (texts.Count != labels.Count || texts.Count == 0)
        {
            throw new ArgumentException(
                $"There are {texts.Count} texts and {labels.Count} labels; each text needs one, and there must be a text.", nameof(labels));
        }

        _labels = labels.Max() + 1;
        var rows = texts.Select(text => FeaturesOf(text).Select(feature =>
        {
            _features.TryAdd(feature, _features.Count);
            return _features[feature];
        }).ToArray()).ToArray();
        _weights = new float[(_features.Count + 1) * _labels];
        var (squares, order, random) = (new float[_weights.Length], Enumerable.Range(0, rows.Length).ToArray(), new Random(seed));
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (var row in order)
            {
                Step(rows[row], labels[row], squares);
            }
        }
    }

    /// <summary>Returns the most probable label of a text.</summary>
    /// <param name="text">The text.</param>
    public int Predict(string text)
    {
        int[] row = [.. FeaturesOf(text).Select(feature => _features.GetValueOrDefault(feature, -1)).Where(feature => feature >= 0)];
        var scores = Scores(row);
        return Array.IndexOf(scores, scores.Max());
    }

    private void Step(int[] row, int label, float[] squares)
    {
        var scores = Scores(row);
        System.Numerics.Tensors.TensorPrimitives.Subtract(scores, scores.Max(), scores); // or large scores overflow
        System.Numerics.Tensors.TensorPrimitives.SoftMax<float>(scores, scores);
        scores[label] -= 1; // the gradient of the intercepts and of each feature
        foreach (var feature in row.Append(_features.Count))
        {
            for (var k = 0; k < _labels; k++)
            {
                var i = (feature * _labels) + k;
                var gradient = scores[k] + (Penalty * _weights[i]);
                squares[i] += gradient * gradient;
                _weights[i] -= Rate * gradient / (MathF.Sqrt(squares[i]) + 1e-6f);
            }
        }
    }

    private float[] Scores(int[] row)
    {
        var scores = _weights.AsSpan(_features.Count * _labels, _labels).ToArray();
        foreach (var feature in row)
        {
            System.Numerics.Tensors.TensorPrimitives.Add(scores, _weights.AsSpan(feature * _labels, _labels), scores);
        }

        return scores;
    }

    private static HashSet<string> FeaturesOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = Words(text.ToLowerInvariant()).ToArray();
        return [.. words, .. words.Zip(words.Skip(1), (one, other) => $"{one} {other}")];
    }

    private static IEnumerable<string> Words(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var start = i++;
            if (char.IsLetterOrDigit(text[start]) && !IsWide(text[start]))
            {
                while (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '\'') && !IsWide(text[i]))
                {
                    i++;
                }
            }

            if (!char.IsWhiteSpace(text[start]))
            {
                yield return text[start..i];
            }
        }
    }

    private static bool IsWide(char c) => c is >= '\u2E80' and <= '\u9FFF';
}
