using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>Represents the scores of several pairs of texts, in the order of the pairs.</summary>
public sealed class Predictions : EncodedTexts
{
    private readonly IReadOnlyList<string> _labels;

    internal Predictions(Tensor scores, IReadOnlyList<string> labels, int[] tokenCounts, bool[] truncated)
        : base(tokenCounts, truncated) => (Scores, _labels) = (scores, labels);

    /// <summary>
    /// Gets the scores, <c>[pairs × labels]</c>; with one label, <see cref="Tensor.Values"/> are the scores of the pairs.
    /// </summary>
    public Tensor Scores { get; }

    /// <summary>Gets the scores of one pair, one for each label.</summary>
    /// <param name="index">The zero-based index of the pair.</param>
    public ReadOnlySpan<float> this[int index] => Scores.Row(index);

    /// <summary>Returns the label with the highest score; the first of equal ones.</summary>
    /// <param name="index">The zero-based index of the pair.</param>
    public string LabelOf(int index) => _labels[TensorPrimitives.IndexOfMax(this[index])];
}
