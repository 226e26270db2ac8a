using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>Represents keys and values of a layer that the tokens of every sequence attend to before their own.</summary>
/// <param name="keys"><c>[prefix × hidden]</c>.</param>
/// <param name="values"><c>[prefix × hidden]</c>.</param>
/// <param name="order">The rows of the keys of all sequences among those of the prefix and, after them, of the batch.</param>
/// <param name="mask">The mask from the batch to the keys of all sequences.</param>
internal sealed class AttentionPrefix(Tensor keys, Tensor values, int[] order, AttentionMask mask)
{
    /// <summary>Gets the mask from the batch to the prefix and the batch.</summary>
    public AttentionMask Mask => mask;

    /// <summary>Returns the keys with the prefix before those of each sequence.</summary>
    public Tensor WithKeys(Computation run, Tensor own) => Before(run, keys, own);

    /// <summary>Returns the values with the prefix before those of each sequence.</summary>
    public Tensor WithValues(Computation run, Tensor own) => Before(run, values, own);

    private Tensor Before(Computation run, Tensor prefix, Tensor own)
    {
        using var all = run.ConcatenateRows([prefix, own]);
        return run.Rows(all, order);
    }
}
