using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// The mean squared difference of sentence vectors and a teacher's: how a model learns another's vectors, also for other languages (Reimers
/// and Gurevych 2020, arXiv:2004.09813). One or more text columns; the labels are the teacher's vectors <c>[batch × dimension]</c>, the same
/// for every column.
/// </summary>
public sealed class MSELoss : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 1);
        var labels = input.RequireLabels(this, input.Embeddings[0].Columns);
        return run.MeanSquaredError(run.ConcatenateRows(input.Embeddings), run.ConcatenateRows([.. input.Embeddings.Select(_ => labels)]));
    }
}
