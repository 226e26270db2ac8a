using Semblance.Tensors;

namespace Semblance.Transformers.Tasks;

/// <summary>What stands on a transformer's body to make the logits of a task.</summary>
public abstract class TaskHead
{
    private protected TaskHead()
    {
    }

    /// <summary>The logits of a batch.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="hidden"><c>[tokens × hidden]</c>, the last hidden states.</param>
    /// <param name="batch">The tokens.</param>
    /// <returns>One row for each token, or for each sequence.</returns>
    public abstract Tensor Forward(Computation run, Tensor hidden, PackedBatch batch);

    /// <summary>Adds the logits to a model's outputs, under the original's names.</summary>
    internal virtual void AddOutputs(Dictionary<string, Tensor> outputs, Computation run, Tensor hidden, PackedBatch batch) =>
        outputs["logits"] = Forward(run, hidden, batch);
}
