using Semblance.Tensors;
using Semblance.Transformers.Bert;

namespace Semblance.Transformers.Deberta;

/// <summary>DeBERTa's queries, keys and values, whose weights lie in one tensor, head by head; keys have no bias.</summary>
internal sealed class FusedProjections : AttentionProjections
{
    private readonly string _name;
    private readonly Tensor _weight; // [heads · 3 · head size × hidden]
    private readonly Tensor _queryBias; // [hidden]
    private readonly Tensor _valueBias;
    private readonly GatheredLinear _query;
    private readonly GatheredLinear _key;
    private readonly GatheredLinear _value;

    public FusedProjections(Weights weights, string name, int hidden, int heads)
    {
        _name = name;
        _weight = weights.Tensor(name + "in_proj.weight", 3 * hidden, hidden);
        _queryBias = weights.Tensor(name + "q_bias", hidden);
        _valueBias = weights.Tensor(name + "v_bias", hidden);
        var size = hidden / heads;
        GatheredLinear Part(int part, Tensor? bias)
        {
            var elements = new int[_weight.Rows == 3 * hidden ? hidden * hidden : 0]; // a size is believed only when the weight has it
            for (var i = 0; i < elements.Length; i++)
            {
                var row = i / hidden;
                elements[i] = (((row / size * 3 * size) + (part * size) + (row % size)) * hidden) + (i % hidden);
            }

            return new GatheredLinear(_weight, elements, hidden, bias);
        }

        (_query, _key, _value) = (Part(0, _queryBias), Part(1, null), Part(2, _valueBias));
    }

    public override void Prepare()
    {
        _query.Prepare();
        _key.Prepare();
        _value.Prepare();
    }

    public override Tensor Query(Computation run, Tensor x) => _query.Forward(run, x);

    public override Tensor Key(Computation run, Tensor x) => _key.Forward(run, x);

    public override Tensor Value(Computation run, Tensor x) => _value.Forward(run, x);

    public override IEnumerable<Parameter> Parameters() =>
        [new(_name + "in_proj.weight", _weight), new(_name + "q_bias", _queryBias), new(_name + "v_bias", _valueBias)];
}
