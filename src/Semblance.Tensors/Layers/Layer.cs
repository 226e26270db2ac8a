namespace Semblance.Tensors;

/// <summary>
/// A layer with parameters of its own: a linear layer, an embedding table or a norm. A <see cref="LayerWrapper"/> can be put around it and
/// taken off again, such as the adapters of parameter-efficient fine-tuning.
/// </summary>
/// <remarks>The kinds of layers are those that operations know; what is to be added is a wrapper. Safe for all threads while it is only
/// used; wrapping, merging and restoring is for a thread that has the model to itself.</remarks>
public abstract class Layer
{
    private (Tensor Weight, Tensor? Bias)? _original;

    private protected Layer(Tensor weight, Tensor? bias) => (Weight, Bias) = (weight, bias);

    /// <summary>Gets the weight; that of layer and wrapper together while they are merged.</summary>
    public Tensor Weight { get; private set; }

    /// <summary>Gets the bias; null for none.</summary>
    public Tensor? Bias { get; private set; }

    /// <summary>Gets what the layer is wrapped by; null for nothing.</summary>
    public LayerWrapper? Wrapper { get; private set; }

    /// <summary>Gets whether the wrapper is merged into <see cref="Weight"/> and <see cref="Bias"/>.</summary>
    public bool IsMerged => _original is not null;

    /// <summary>Gets the wrapper that a computation calls: none while it is merged.</summary>
    internal LayerWrapper? Active { get; private set; }

    /// <summary>Gets whether the weight or the bias is trained.</summary>
    internal bool RequiresGradient => Weight.RequiresGradient || Bias is { RequiresGradient: true };

    /// <summary>Gets the parameters under their names in the checkpoint; those of a wrapper that is not merged come last.</summary>
    /// <param name="name">The name of the layer, such as <c>encoder.layer.0.output.dense</c>; the names of its parameters begin with it.</param>
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
    /// <exception cref="InvalidOperationException">The layer is wrapped already.</exception>
    public void Wrap(LayerWrapper wrapper)
    {
        ArgumentNullException.ThrowIfNull(wrapper);
        if (Wrapper is not null)
        {
            throw new InvalidOperationException($"The layer is wrapped by {Wrapper} already; unwrap it first.");
        }

        Wrapper = Active = wrapper;
    }

    /// <summary>Takes the wrapper off, and restores the layer where it was merged.</summary>
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
    /// Puts <see cref="LayerWrapper.Merge"/> of the wrapper in the place of weight and bias, so that the wrapper costs nothing more.
    /// </summary>
    /// <remarks>What takes their place is not trained.</remarks>
    /// <exception cref="InvalidOperationException">The layer is not wrapped, or is merged already.</exception>
    /// <exception cref="NotSupportedException">The wrapper computes something that no weight does.</exception>
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

    /// <summary>Brings back the weight and the bias as they were before <see cref="Merge"/>, and the wrapper beside them.</summary>
    /// <exception cref="InvalidOperationException">The layer is not merged.</exception>
    public void Restore()
    {
        var (weight, bias) = _original ?? throw new InvalidOperationException("The layer is not merged.");
        (_original, Active) = (null, Wrapper);
        Replace(weight, bias);
    }

    /// <summary>Throws where a wrapper is active, for what computes with the weight itself and so would leave it out.</summary>
    /// <param name="operation">What uses the weight, as the message names it.</param>
    /// <exception cref="NotSupportedException">The layer is wrapped and not merged.</exception>
    public void ThrowIfWrapped(string operation)
    {
        if (Active is not null)
        {
            throw new NotSupportedException(
                $"{operation} uses the weight of a layer itself, and would leave out {Wrapper} around it; merge or unwrap the layer.");
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
