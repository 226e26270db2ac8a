using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>The scores of several pairs of texts, in the order of the pairs.</summary>
public sealed class Predictions : EncodedTexts
{
    private readonly IReadOnlyList<string> _labels;

    internal Predictions(Tensor scores, IReadOnlyList<string> labels, int[] tokenCounts, bool[] truncated)
        : base(tokenCounts, truncated) => (Scores, _labels) = (scores, labels);

    /// <summary>Gets the scores, <c>[pairs × labels]</c>; with one label, <see cref="Tensor.Values"/> are the pairs' scores.</summary>
    public Tensor Scores { get; }

    /// <summary>Gets the scores of one pair, one for each label.</summary>
    /// <param name="index">The pair's place, from 0.</param>
    public ReadOnlySpan<float> this[int index] => Scores.Row(index);

    /// <summary>Returns the label with the highest score; the first of equals.</summary>
    /// <param name="index">The pair's place, from 0.</param>
    public string LabelOf(int index) => _labels[TensorPrimitives.IndexOfMax(this[index])];
}
