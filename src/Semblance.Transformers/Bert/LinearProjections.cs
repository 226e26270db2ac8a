using Semblance.Tensors;

namespace Semblance.Transformers.Bert;

/// <summary>Queries, keys and values by a linear layer each.</summary>
internal sealed class LinearProjections(Weights weights, string query, string key, string value, int hidden) : AttentionProjections
{
    private readonly Linear _query = weights.Linear(query, hidden, hidden);
    private readonly Linear _key = weights.Linear(key, hidden, hidden);
    private readonly Linear _value = weights.Linear(value, hidden, hidden);

    public override void Prepare()
    {
        _query.Prepare();
        _key.Prepare();
        _value.Prepare();
    }

    public override Tensor Query(Computation run, Tensor x) => run.Linear(x, _query);

    public override Tensor Key(Computation run, Tensor x) => run.Linear(x, _key);

    public override Tensor Value(Computation run, Tensor x) => run.Linear(x, _value);

    public override IEnumerable<Parameter> Parameters() => [.. _query.Parameters(query), .. _key.Parameters(key), .. _value.Parameters(value)];
}
