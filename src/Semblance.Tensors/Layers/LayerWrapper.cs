namespace Semblance.Tensors;

/// <summary>
/// What computes in the place of a layer and can call it: low-rank adaptation (Hu et al. 2021, arXiv:2106.09685), learned scales of outputs
/// (IA³, Liu et al. 2022, arXiv:2205.05638), bottleneck adapters (Houlsby et al. 2019, arXiv:1902.00751). It serves one layer.
/// </summary>
/// <remarks>Derive from it, override what the layers to be wrapped need, and hand it to <see cref="Layer.Wrap"/>.</remarks>
public abstract class LayerWrapper
{
    /// <summary>Gets the wrapper's own parameters under their names in the checkpoint.</summary>
    /// <param name="name">The name of the layer, which the names begin with, as in
    /// <c>encoder.layer.0.output.dense.lora_A.weight</c>.</param>
    public abstract IEnumerable<Parameter> Parameters(string name);

    /// <summary>
    /// Computes in the place of a linear layer or a norm. An activation follows afterwards, and a residual is in <paramref name="x"/>
    /// already.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × inputs]</c>.</param>
    /// <param name="layer">Calls the layer itself; any number of times, with any input of that shape.</param>
    /// <returns><c>[rows × outputs]</c>.</returns>
    /// <exception cref="NotSupportedException">The wrapper is not one for linear layers or norms.</exception>
    public virtual Tensor Forward(Computation run, Tensor x, Func<Tensor, Tensor> layer) =>
        throw new NotSupportedException($"{this} does not wrap linear layers or norms.");

    /// <summary>Computes in the place of an embedding table.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="rows">The rows of the table to look up.</param>
    /// <param name="table">Looks rows up in the table itself.</param>
    /// <returns><c>[rows × columns]</c>.</returns>
    /// <exception cref="NotSupportedException">The wrapper is not one for embedding tables.</exception>
    public virtual Tensor Embed(Computation run, int[] rows, Func<int[], Tensor> table) =>
        throw new NotSupportedException($"{this} does not wrap embedding tables.");

    /// <summary>Returns the weight and the bias with which the layer alone computes what layer and wrapper compute together.</summary>
    /// <param name="layer">The layer, whose own tensors stay as they are.</param>
    /// <returns>New tensors in the shapes of <see cref="Layer.Weight"/> and <see cref="Layer.Bias"/>; what does not change may be the
    /// layer's own.</returns>
    /// <exception cref="NotSupportedException">No weight does what the wrapper does.</exception>
    public virtual (Tensor Weight, Tensor? Bias) Merge(Layer layer) =>
        throw new NotSupportedException($"{this} cannot be merged into a weight.");
}
