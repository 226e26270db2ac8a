namespace Semblance.Tensors;

/// <summary>
/// Represents a layer with parameters: a linear layer, an embedding table or a norm. A <see cref="LayerWrapper"/>, such as an adapter of
/// parameter-efficient fine-tuning, can be put around it and removed again.
/// </summary>
/// <remarks>
/// The kinds of layers are fixed by the operations; extend them with a wrapper. Using a layer is thread-safe; wrapping, merging and
/// restoring require exclusive access to the model.
/// </remarks>
public abstract class Layer
{
    private (Tensor Weight, Tensor? Bias)? _original;

    private protected Layer(Tensor weight, Tensor? bias) => (Weight, Bias) = (weight, bias);

    /// <summary>Gets the weight; while the wrapper is merged, the weight of layer and wrapper together.</summary>
    public Tensor Weight { get; private set; }

    /// <summary>Gets the bias; <see langword="null"/> if there is none.</summary>
    public Tensor? Bias { get; private set; }

    /// <summary>Gets the wrapper around the layer; <see langword="null"/> if there is none.</summary>
    public LayerWrapper? Wrapper { get; private set; }

    /// <summary>Gets a value that indicates whether the wrapper is merged into <see cref="Weight"/> and <see cref="Bias"/>.</summary>
    public bool IsMerged => _original is not null;

    /// <summary>
    /// Gets the wrapper that computations call that have none of their own: <see langword="null"/> while it is merged.
    /// </summary>
    private LayerWrapper? Active { get; set; }

    /// <summary>Gets a value that indicates whether the weight or the bias is trained.</summary>
    internal bool RequiresGradient => Weight.RequiresGradient || Bias is { RequiresGradient: true };

    /// <summary>Returns the parameters under their names in the checkpoint; those of a wrapper that is not merged come last.</summary>
    /// <param name="name">
    /// The name of the layer, such as <c>encoder.layer.0.output.dense</c>, with which the names of its parameters begin.
    /// </param>
    public IEnumerable<Parameter> Parameters(string name)
    {
        yield return new(name + ".weight", Weight);
        if (Bias is not null)
        {
            yield return new(name + ".bias", Bias);
        }

        foreach (var parameter in Active?.Parameters(name) ?? [])
        {
            yield return parameter;
        }
    }

    /// <summary>Puts a wrapper around the layer.</summary>
    /// <param name="wrapper">The wrapper.</param>
    /// <exception cref="InvalidOperationException">The layer is already wrapped.</exception>
    public void Wrap(LayerWrapper wrapper)
    {
        ArgumentNullException.ThrowIfNull(wrapper);
        if (Wrapper is not null)
        {
            throw new InvalidOperationException($"The layer is already wrapped by {Wrapper}; unwrap it first.");
        }

        Wrapper = Active = wrapper;
    }

    /// <summary>Removes the wrapper, and restores the layer if the wrapper was merged.</summary>
    /// <returns>The wrapper; null if there was none.</returns>
    public LayerWrapper? Unwrap()
    {
        if (IsMerged)
        {
            Restore();
        }

        var wrapper = Wrapper;
        Wrapper = Active = null;
        return wrapper;
    }

    /// <summary>
    /// Replaces weight and bias by the result of <see cref="LayerWrapper.Merge"/>, so that the wrapper has no further cost.
    /// </summary>
    /// <remarks>The merged weight and bias are not trained.</remarks>
    /// <exception cref="InvalidOperationException">The layer is not wrapped, or the wrapper is already merged.</exception>
    /// <exception cref="NotSupportedException">The wrapper cannot be expressed as a weight.</exception>
    public void Merge()
    {
        if (Active is null)
        {
            throw new InvalidOperationException(
                IsMerged ? "The layer is merged already." : "The layer has no wrapper to merge; wrap it first.");
        }

        var original = (Weight, Bias);
        var (weight, bias) = Active.Merge(this);
        if (!weight.Shape.SequenceEqual(Weight.Shape) || (Bias is not null && bias is null)
            || (bias is not null && bias.Length != BiasLength))
        {
            throw new InvalidOperationException(
                $"{Wrapper} merges into a weight {weight} and a bias {bias}; {Weight} and {Bias} are to be replaced.");
        }

        (_original, Active) = (original, null);
        Replace(weight, bias);
    }

    /// <summary>
    /// Restores the weight and the bias as they were before <see cref="Merge"/>, and applies the wrapper beside them again.
    /// </summary>
    /// <exception cref="InvalidOperationException">The layer is not merged.</exception>
    public void Restore()
    {
        var (weight, bias) = _original ?? throw new InvalidOperationException("The layer is not merged.");
        (_original, Active) = (null, Wrapper);
        Replace(weight, bias);
    }

    /// <summary>Returns the wrapper that a computation calls in place of the layer; <see langword="null"/> if there is none.</summary>
    /// <param name="run">The computation.</param>
    public LayerWrapper? WrapperIn(Computation run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Wrappers is { } own ? own.GetValueOrDefault(this) : Active;
    }

    /// <summary>Throws if a wrapper is active; for operations that use the weight directly and would ignore the wrapper.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="operation">The name of the operation in the message.</param>
    /// <exception cref="NotSupportedException">The layer is wrapped in the computation and not merged.</exception>
    public void ThrowIfWrapped(Computation run, string operation)
    {
        if (WrapperIn(run) is { } wrapper)
        {
            throw new NotSupportedException(
                $"{operation} uses the weight of a layer directly and would ignore its wrapper {wrapper}; merge or unwrap the layer.");
        }
    }

    private protected virtual int BiasLength => Weight.Columns;

    private protected virtual void OnReplaced()
    {
    }

    private void Replace(Tensor weight, Tensor? bias)
    {
        (Weight, Bias) = (weight, bias);
        OnReplaced();
    }
}
