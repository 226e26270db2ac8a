using Semblance.Tensors;

namespace Semblance.Transformers.Tasks;

/// <summary>
/// Represents a linear layer over each token, which scores it as the start and the end of an answer (Devlin et al. 2019, arXiv:1810.04805).
/// </summary>
/// <param name="outputs">The layer, from hidden states to 2 outputs.</param>
public sealed class QuestionAnsweringHead(Linear outputs) : TaskHead
{
    /// <returns><c>[tokens × 2]</c>.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Computation run, Tensor hidden, PackedBatch batch) => run.Linear(hidden, outputs);

    /// <inheritdoc/>
    public override void AddOutputs(IDictionary<string, Tensor> outputs, Computation run, Tensor hidden, PackedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(run);
        using var logits = Forward(run, hidden, batch);
        outputs["start_logits"] = Column(run, logits, 0); // [tokens × 1]
        outputs["end_logits"] = Column(run, logits, 1);
    }

    private static Tensor Column(Computation run, Tensor x, int column) =>
        run.Gather(x, [.. Enumerable.Range(0, x.Rows).Select(row => (row * x.Columns) + column)], x.Rows, 1);
}
