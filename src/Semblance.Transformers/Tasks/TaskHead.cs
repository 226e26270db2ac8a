using Semblance.Tensors;

namespace Semblance.Transformers.Tasks;

/// <summary>Represents the layers after a transformer's body that compute the logits of a task.</summary>
public abstract class TaskHead
{
    /// <summary>Computes the logits of a batch.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="hidden"><c>[tokens × hidden]</c>, the last hidden states.</param>
    /// <param name="batch">The tokens.</param>
    /// <returns>One row for each token, or for each sequence.</returns>
    public abstract Tensor Forward(Computation run, Tensor hidden, PackedBatch batch);

    /// <summary>Adds the logits to a model's outputs, under the original's names: <c>logits</c>, unless a head has several.</summary>
    /// <param name="outputs">The outputs by their names.</param>
    /// <param name="run">The computation.</param>
    /// <param name="hidden"><c>[tokens × hidden]</c>, the last hidden states.</param>
    /// <param name="batch">The tokens.</param>
    public virtual void AddOutputs(IDictionary<string, Tensor> outputs, Computation run, Tensor hidden, PackedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        outputs["logits"] = Forward(run, hidden, batch);
    }
}
