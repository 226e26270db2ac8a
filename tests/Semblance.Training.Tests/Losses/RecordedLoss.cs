using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Training.Tests.Losses;

/// <summary>
/// A loss case recorded from the original library: vectors with their gradients, or, where the library records none, the token ids and the
/// gradients of the model's parameters.
/// </summary>
internal sealed class RecordedLoss(string name)
{
    private const double Tolerance = 2e-5;

    private readonly SafetensorsFile _file = SafetensorsFile.Open(Fixtures.Own($"losses/{name}/expected.safetensors"));

    public int Columns => Enumerable.Range(0, 9).TakeWhile(column => Has($"{column}.input_ids") || Has($"{column}.sentence_embedding")).Count();

    public Tensor? Labels
    {
        get
        {
            if (!Has("labels"))
            {
                return null;
            }

            return _file.Info("labels").DType == DType.I64
                ? Tensor.From([.. _file.ReadInt64("labels").Select(label => (float)label)], _file.Info("labels").Shape.ToArray())
                : _file.Read("labels");
        }
    }

    public Tensor Read(string tensor) => _file.Read(tensor);

    /// <summary>The vectors of a model for some rows of a text column.</summary>
    public Tensor Encode(Computation run, Transformer model, int column, Range? rows = null)
    {
        var width = _file.Info($"{column}.input_ids").Shape[1];
        long[][] Padded(string part) => [.. _file.ReadInt64($"{column}.{part}").Chunk(width)];
        var (ids, mask, types) = (Padded("input_ids"), Padded("attention_mask"), Padded("token_type_ids"));
        int[][] Kept(long[][] values) => values.Select((row, i) => row.Where((_, j) => mask[i][j] != 0).Select(v => (int)v).ToArray()).ToArray()[rows ?? ..];
        var batch = PackedBatch.From(Kept(ids), Kept(types));
        return run.Pool(model.Forward(run, batch), batch, [Pooling.Mean]);
    }

    /// <summary>Value, gradients of the vectors, and gradients of the loss's own parameters.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="guide">The guide's vectors.</param>
    /// <param name="order">The recorded columns in the order in which the loss gets them; as they are when null.</param>
    public void Check(Loss loss, IReadOnlyList<Tensor>? guide = null, int[]? order = null)
    {
        order ??= [.. Enumerable.Range(0, Columns)];
        Tensor[] embeddings = [.. order.Select(column => _file.Read($"{column}.sentence_embedding"))];
        foreach (var tensor in embeddings)
        {
            tensor.RequiresGradient = true;
        }

        using var run = new Computation(recording: true);
        var result = loss.Forward(run, new LossInput(embeddings, Labels) { GuideEmbeddings = guide });
        CheckValue(result.Values[0]);
        result.Length.ShouldBe(1);
        run.Backward(result);

        var expected = order.Select(column => _file.Read($"{column}.sentence_embedding.grad")).ToArray();
        var largest = expected.Max(Largest);
        for (var column = 0; column < Columns; column++)
        {
            ShouldBeNear(embeddings[column].Gradient!, expected[column], largest, $"column {column}");
        }

        foreach (var (parameter, tensor) in loss.Parameters())
        {
            ShouldBeNear(tensor.Gradient!, _file.Read("param_grad." + parameter), largest, parameter);
        }
    }

    public void CheckValue(float value)
    {
        var expected = _file.Read("loss").Values[0];
        value.ShouldBe(expected, 1e-5f * Math.Abs(expected));
    }

    /// <summary>The gradients of a model's parameters.</summary>
    public void CheckParameters(Transformer model)
    {
        var names = _file.Tensors.Select(tensor => tensor.Name).Where(tensor => tensor.StartsWith("grad.", StringComparison.Ordinal)).ToArray();
        names.ShouldNotBeEmpty();
        var largest = names.Max(tensor => Largest(_file.Read(tensor)));
        var parameters = model.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        foreach (var tensor in names)
        {
            ShouldBeNear(parameters[tensor["grad.".Length..]].Gradient!, _file.Read(tensor), largest, tensor);
        }

        var norm = Math.Sqrt(parameters.Values.Sum(parameter => parameter.Gradient?.Values.ToArray().Sum(g => (double)g * g) ?? 0));
        norm.ShouldBe(_file.Read("grad_norm_all").Values[0], norm * 1e-4);
    }

    private bool Has(string tensor) => _file.Contains(tensor);

    private static float Largest(Tensor tensor) => tensor.Values.ToArray().Max(Math.Abs);

    private static void ShouldBeNear(Tensor actual, Tensor expected, float largest, string what)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Math.Abs(actual.Values[i] - expected.Values[i]).ShouldBeLessThanOrEqualTo((float)(Tolerance * largest), $"{what}, element {i}: {actual.Values[i]} for {expected.Values[i]}");
        }
    }
}
