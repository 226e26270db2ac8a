using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// <see cref="CoSENTLoss"/> over the angle in complex space, whose slope does not vanish where the cosine's does (Li and Li 2023,
/// arXiv:2309.12871): the halves of a vector are real and imaginary parts, and the similarity is the magnitude of the summed parts of
/// u / v, with both of length one. Two text columns of even dimension, a label for each pair, of which only the order matters.
/// </summary>
/// <param name="scale">What similarities are multiplied by: one over the temperature.</param>
public sealed class AnglELoss(float scale = 20) : Loss
{
    private readonly float _scale = Positive(scale);

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2, 2);
        var (u, v) = (run.Normalize(input.Embeddings[0]), run.Normalize(input.Embeddings[1]));
        if (u.Columns % 2 != 0)
        {
            throw new LossInputException($"{Name} halves vectors into real and imaginary parts, but {u.Columns} elements are not an even number.");
        }

        // With u = a + bi and v = c + di of length one, Re + Im of u / v is ac + bd + bc − ad: u · (c − d, d + c).
        var half = v.Columns / 2;
        var swapped = run.Gather(v, [.. Enumerable.Range(0, v.Length).Select(i => i % v.Columns < half ? i + half : i - half)], v.Rows, v.Columns);
        var signs = Tensor.Zeros(v.Rows, v.Columns);
        for (var i = 0; i < signs.Length; i++)
        {
            signs.Writable[i] = i % v.Columns < half ? -1 : 1;
        }

        var similarities = run.Abs(run.RowSimilarities(u, run.Add(v, run.Multiply(swapped, signs)), SimilarityFunction.DotProduct));
        return CoSENTLoss.Ordering(run, run.Scale(similarities, _scale), input.RequireLabels(this));
    }
}
