using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>The scores of several pairs of texts, in the order of the pairs.</summary>
public sealed class Predictions
{
    private readonly int[] _tokenCounts;
    private readonly bool[] _truncated;
    private readonly IReadOnlyList<string> _labels;

    internal Predictions(Tensor scores, IReadOnlyList<string> labels, int[] tokenCounts, bool[] truncated)
    {
        Scores = scores;
        _labels = labels;
        _tokenCounts = tokenCounts;
        _truncated = truncated;
    }

    /// <summary><c>[pairs × labels]</c>; with one label, <see cref="Tensor.Values"/> are the pairs' scores.</summary>
    public Tensor Scores { get; }

    /// <summary>The number of pairs.</summary>
    public int Count => _tokenCounts.Length;

    /// <summary>How many tokens of each pair the model saw, the special ones and the prompt included.</summary>
    public IReadOnlyList<int> TokenCounts => _tokenCounts;

    /// <summary>Which pairs were longer than the model takes, so that some of their tokens are not in the scores.</summary>
    public IReadOnlyList<bool> Truncated => _truncated;

    /// <summary>The scores of one pair, one for each label.</summary>
    /// <param name="index">The pair's place, from 0.</param>
    public ReadOnlySpan<float> this[int index] => Scores.Row(index);

    /// <summary>The label with the highest score; the first of equals.</summary>
    /// <param name="index">The pair's place, from 0.</param>
    public string LabelOf(int index) => _labels[TensorPrimitives.IndexOfMax(this[index])];
}
