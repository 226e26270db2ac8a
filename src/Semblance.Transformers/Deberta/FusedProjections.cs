using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>
/// Represents DeBERTa's queries, keys and values, whose weights are stored in one tensor, head by head; keys have no bias.
/// </summary>
internal sealed class FusedProjections : AttentionProjections
{
    private readonly GatheredLinear _query;
    private readonly GatheredLinear _key;
    private readonly GatheredLinear _value;

    public FusedProjections(ModelParameters own, string name, int hidden, int heads)
    {
        var weight = own.Tensor(name + "in_proj.weight", 3 * hidden, hidden); // [heads · 3 · head size × hidden]
        var queryBias = own.Tensor(name + "q_bias", hidden);
        var valueBias = own.Tensor(name + "v_bias", hidden);
        var size = hidden / heads;
        GatheredLinear Part(int part, Tensor? bias)
        {
            // allocated only if the weight has the size that the configuration states
            var elements = new int[weight.Rows == 3 * hidden ? hidden * hidden : 0];
            for (var i = 0; i < elements.Length; i++)
            {
                var row = i / hidden;
                elements[i] = (((row / size * 3 * size) + (part * size) + (row % size)) * hidden) + (i % hidden);
            }

            return new GatheredLinear(weight, elements, hidden, bias).PreparedWith(own);
        }

        (_query, _key, _value) = (Part(0, queryBias), Part(1, null), Part(2, valueBias));
    }

    public override Tensor Query(Computation run, Tensor x) => _query.Forward(run, x);

    public override Tensor Key(Computation run, Tensor x) => _key.Forward(run, x);

    public override Tensor Value(Computation run, Tensor x) => _value.Forward(run, x);
}
