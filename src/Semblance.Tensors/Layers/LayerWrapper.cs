namespace Semblance.Tensors;

/// <summary>
/// Represents a computation that replaces a layer and can call it: low-rank adaptation (Hu et al. 2021, arXiv:2106.09685), learned scales
/// of outputs (IA³, Liu et al. 2022, arXiv:2205.05638), bottleneck adapters (Houlsby et al. 2019, arXiv:1902.00751). Each instance wraps
/// one layer.
/// </summary>
/// <remarks>Derive from it, override the methods for the layers to be wrapped, and pass it to <see cref="Layer.Wrap"/>.</remarks>
public abstract class LayerWrapper
{
    /// <summary>Returns the wrapper's own parameters under their names in the checkpoint.</summary>
    /// <param name="name">
    /// The name of the layer, with which the names begin, as in <c>encoder.layer.0.output.dense.lora_A.weight</c>.
    /// </param>
    public abstract IEnumerable<Parameter> Parameters(string name);

    /// <summary>
    /// Computes in place of a linear layer or a norm. Activations are applied afterward, and a residual is already part of
    /// <paramref name="x"/>.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × inputs]</c>.</param>
    /// <param name="layer">Calls the layer itself; any number of times, with any input of that shape.</param>
    /// <returns><c>[rows × outputs]</c>.</returns>
    /// <exception cref="NotSupportedException">The wrapper does not support linear layers or norms.</exception>
    public virtual Tensor Forward(Computation run, Tensor x, Func<Tensor, Tensor> layer) =>
        throw new NotSupportedException($"{this} does not wrap linear layers or norms.");

    /// <summary>Computes in place of an embedding table.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="rows">The rows of the table to look up.</param>
    /// <param name="table">Looks rows up in the table itself.</param>
    /// <returns><c>[rows × columns]</c>.</returns>
    /// <exception cref="NotSupportedException">The wrapper does not support embedding tables.</exception>
    public virtual Tensor Embed(Computation run, int[] rows, Func<int[], Tensor> table) =>
        throw new NotSupportedException($"{this} does not wrap embedding tables.");

    /// <summary>Returns the weight and the bias with which the layer alone computes the same as layer and wrapper together.</summary>
    /// <param name="layer">The layer, whose own tensors are not changed.</param>
    /// <returns>
    /// New tensors in the shapes of <see cref="Layer.Weight"/> and <see cref="Layer.Bias"/>; an unchanged one may be the layer's own
    /// tensor.
    /// </returns>
    /// <exception cref="NotSupportedException">The wrapper cannot be expressed as a weight.</exception>
    public virtual (Tensor Weight, Tensor? Bias) Merge(Layer layer) =>
        throw new NotSupportedException($"{this} cannot be merged into a weight.");
}
