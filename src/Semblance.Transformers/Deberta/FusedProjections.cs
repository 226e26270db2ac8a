using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>
/// Represents DeBERTa's queries, keys and values, computed by one linear layer, head by head, with biases of their own; keys have none.
/// </summary>
internal sealed class FusedProjections(ModelParameters own, string name, int hidden, int heads) : AttentionProjections
{
    private readonly Linear _joined = own.Linear(name + "in_proj", 3 * hidden, hidden, bias: false);
    private readonly Tensor _queryBias = own.Tensor(name + "q_bias", hidden);
    private readonly Tensor _valueBias = own.Tensor(name + "v_bias", hidden);

    public override (Tensor Query, Tensor Key, Tensor Value) Project(Computation run, Tensor x)
    {
        using var joined = run.Linear(x, _joined); // [tokens × heads · 3 · head size]
        return (Part(run, joined, 0, _queryBias), Part(run, joined, 1, null), Part(run, joined, 2, _valueBias));
    }

    private Tensor Part(Computation run, Tensor joined, int part, Tensor? bias)
    {
        var size = hidden / heads;
        var chosen = run.Columns(joined, part * size, size, 3 * size); // [tokens × hidden]
        if (bias is null)
        {
            return chosen;
        }

        using var before = chosen;
        using var shift = run.Rows(bias, new int[joined.Rows]);
        return run.Add(before, shift);
    }
}
