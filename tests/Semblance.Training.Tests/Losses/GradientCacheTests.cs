using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;

namespace Semblance.Training.Tests.Losses;

public class GradientCacheTests
{
    [Theory]
    [InlineData("CachedMultipleNegativesRankingLoss", 24)]
    [InlineData("CachedMultipleNegativesSymmetricRankingLoss", 24)]
    [InlineData("CachedGISTEmbedLoss", 24)]
    [InlineData("MegaBatchMarginLoss-minibatch", 24)]
    [InlineData("CachedMultipleNegativesRankingLoss", 1)]
    [InlineData("CachedMultipleNegativesRankingLoss", 8192)]
    public void Mini_batches_equal_the_original_down_to_the_models_parameters(string name, int tokens)
    {
        GradientCache loss = name switch
        {
            "CachedMultipleNegativesRankingLoss" => new CachedMultipleNegativesRankingLoss(miniBatchTokens: tokens),
            "CachedMultipleNegativesSymmetricRankingLoss" => new CachedMultipleNegativesSymmetricRankingLoss(miniBatchTokens: tokens),
            "CachedGISTEmbedLoss" => new CachedGISTEmbedLoss(new() { Temperature = 0.05f, Guide = RecordedTexts.Guide() }, tokens),
            _ => new CachedMegaBatchMarginLoss(miniBatchTokens: tokens),
        };
        var recorded = new RecordedLoss(name);
        var model = RecordedTexts.Model();
        var value = loss.Backward(new TrainingBatch(model, RecordedTexts.Rows(recorded.Columns)));
        recorded.CheckValue((float)value);
        recorded.CheckParameters(((TransformerModule)model.Modules[0]).Transformer);
    }

    [Fact]
    public void Dropout_draws_the_same_numbers_in_both_passes_and_others_in_each_mini_batch()
    {
        // Twice the same text: with one mini-batch each, only dropout can tell their vectors apart.
        var model = RecordedTexts.Random(layers: 2);
        var batch = new TrainingBatch(model, [new Example(["Hi"]), new Example(["Hi"])]) { DropoutSeed = 7 };
        var probe = new Probe();
        new GradientCache(probe, miniBatchTokens: 1).Backward(batch);
        probe.Seen[0].Row(0).SequenceEqual(probe.Seen[0].Row(1)).ShouldBeFalse();

        // The gradient of the first mini-batch, from the computation that its first pass used.
        var cached = Gradients(model);
        Clear(model);
        for (var part = 0; part < 2; part++)
        {
            using var run = batch.StartSlice(part, recording: true);
            var vectors = model.Forward(run, ["Hi"]);
            vectors.Values.SequenceEqual(probe.Seen[0].Row(part)).ShouldBeTrue();
            run.Backward(vectors, Tensor.From(probe.Gradient.Row(part), vectors.Shape));
        }

        Gradients(model).ShouldBe(cached);
        using var next = (batch with { DropoutSeed = 8 }).StartSlice(0, recording: false);
        model.Forward(next, ["Hi"]).Values.SequenceEqual(probe.Seen[0].Row(0)).ShouldBeFalse();
    }

    [Fact]
    public void Scale_prompts_and_parameters_of_the_loss_are_passed_on()
    {
        var (model, whole) = (RecordedTexts.Model(), RecordedTexts.Model());
        var batch = new TrainingBatch(model, RecordedTexts.Rows(2)) { Scale = 0.5f, Prompts = ["query: "] };
        var (loss, reference) = (new ContrastiveTensionInBatchNegativesLoss(new() { Scale = 5 }), new ContrastiveTensionInBatchNegativesLoss(new() { Scale = 5 }));
        var cached = new GradientCache(loss, miniBatchTokens: 20);
        cached.Backward(batch).ShouldBe(reference.Backward(batch with { Model = whole }), 1e-5);
        cached.Parameters().Single().Value.Gradient!.Values[0].ShouldBe(reference.Parameters().Single().Value.Gradient!.Values[0], 1e-5f);
        var (actual, expected) = (Gradients(model), Gradients(whole));
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
        {
            actual[i].ShouldBe(expected[i], 1e-5f * largest);
        }
    }

    [Fact]
    public void Each_column_takes_its_route_whether_in_one_batch_or_in_mini_batches()
    {
        var shared = RecordedTexts.Model();
        DenseModule Dense(int seed)
        {
            var random = new Random(seed);
            return new DenseModule(new Linear(Tensor.From([.. Enumerable.Range(0, 32 * 32).Select(_ => random.NextSingle() - 0.5f)], 32, 32), null), Activation.Tanh);
        }

        var model = new SentenceTransformer([.. shared.Modules, RouterModule.ForQueryAndDocument([Dense(1)], [Dense(2)])]);
        foreach (var (_, parameter) in model.Parameters())
        {
            parameter.RequiresGradient = true;
        }

        var batch = new TrainingBatch(model, RecordedTexts.Rows(2)) { Routes = ["query", "document"] };
        using (var run = batch.Start())
        {
            batch.Forward(run, batch.Input(0)).Value.Values.SequenceEqual(model.Forward(run, batch.Texts(0), route: "query").Values).ShouldBeTrue();
            batch.Forward(run, batch.Input(0)).Value.Values.SequenceEqual(batch.Forward(run, batch.Input(1)).Value.Values).ShouldBeFalse();
        }

        var whole = new MultipleNegativesRankingLoss().Backward(batch);
        var gradients = Gradients(model);
        Clear(model);
        new CachedMultipleNegativesRankingLoss(miniBatchTokens: 24).Backward(batch).ShouldBe(whole, 1e-5);
        var largest = gradients.Max(Math.Abs);
        Gradients(model).Zip(gradients, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo(2e-5f * largest);
        model.Parameters().Where(parameter => parameter.Name.Contains("sub_modules", StringComparison.Ordinal)).ShouldAllBe(parameter => parameter.Value.Gradient != null);
    }

    [Fact]
    public void No_more_tokens_are_computed_at_once_than_asked_for()
    {
        var model = RecordedTexts.Model();
        var counter = new TokenCounter();
        var rows = Enumerable.Repeat(RecordedTexts.Rows(3), 4).SelectMany(row => row).ToArray();
        new CachedMultipleNegativesRankingLoss(miniBatchTokens: 40).Backward(new TrainingBatch(new SentenceTransformer([.. model.Modules, counter]), rows));
        var all = model.Tokenize([.. rows.SelectMany(row => row.Texts)]).Batch.TokenCount;
        counter.Counts.Max().ShouldBeLessThanOrEqualTo(40);
        counter.Counts.Sum().ShouldBe(2 * all);
        counter.Counts.Count.ShouldBeLessThan(2 * (all / 20));
    }

    [Fact]
    public void Mini_batches_keep_to_their_tokens_but_have_a_text_each()
    {
        GradientCache.MiniBatches([9, 1, 1, 3, 2], 4).ShouldBe([0..1, 1..3, 3..4, 4..5]);
        GradientCache.MiniBatches([1, 1], 100).ShouldBe([0..2]);
        GradientCache.MiniBatches([], 100).ShouldBeEmpty();
        Should.Throw<ArgumentOutOfRangeException>(() => new CachedMultipleNegativesRankingLoss(miniBatchTokens: 0)).ParamName.ShouldBe("miniBatchTokens");
    }

    private static float[] Gradients(SentenceTransformer model) =>
        [.. model.Parameters().SelectMany(parameter => parameter.Value.Gradient?.Values.ToArray() ?? new float[parameter.Value.Length])];

    private static void Clear(SentenceTransformer model)
    {
        foreach (var (_, parameter) in model.Parameters())
        {
            parameter.Gradient = null;
        }
    }

    private sealed class TokenCounter : Module
    {
        public List<int> Counts { get; } = [];

        public override string Type => "test";

        public override void Forward(Computation run, Features features) => Counts.Add(features.Batch.TokenCount);

        public override void Save(string folder, DType weights = DType.F32) => throw new NotSupportedException();
    }

    // Keeps the vectors that it sees, and weighs their elements differently, so that each has a gradient of its own.
    private sealed class Probe : Loss
    {
        public List<Tensor> Seen { get; } = [];

        public Tensor Gradient { get; private set; } = Tensor.Zeros(0);

        public override Tensor Forward(Computation run, LossInput input)
        {
            var x = input.Embeddings[0];
            Seen.Add(Tensor.From(x.Values, x.Shape));
            Gradient = Tensor.From([.. Enumerable.Range(0, x.Length).Select(i => MathF.Sin(i))], x.Shape);
            return run.Sum(run.Multiply(x, Gradient));
        }
    }
}
