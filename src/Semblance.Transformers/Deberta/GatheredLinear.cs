using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>Represents a linear layer whose weight is a part of a tensor in the file, or is stored in another order there.</summary>
/// <param name="stored">The tensor in the file.</param>
/// <param name="elements">For each element of the weight, its index in <paramref name="stored"/>.</param>
/// <param name="outputs">The width of y.</param>
/// <param name="bias"><c>[outputs]</c>, or <see langword="null"/>.</param>
internal sealed class GatheredLinear(Tensor stored, int[] elements, int outputs, Tensor? bias)
{
    private Linear? _kept;

    /// <summary>Gathers the weight once, when the model is prepared.</summary>
    public GatheredLinear PreparedWith(ModelParameters own)
    {
        own.OnPrepare(Prepare, elements.Length);
        return this;
    }

    public Tensor Forward(Computation run, Tensor x)
    {
        if (_kept is not null)
        {
            return run.Linear(x, _kept);
        }

        using var weight = Weight(run);
        return run.Linear(x, new Linear(weight, bias));
    }

    private void Prepare()
    {
        using var run = new Computation();
        _kept = new Linear(Tensor.From(Weight(run).Values, outputs, elements.Length / outputs), bias);
        _kept.Prepare();
    }

    private Tensor Weight(Computation run) => run.Gather(stored, elements, outputs, elements.Length / outputs);
}
