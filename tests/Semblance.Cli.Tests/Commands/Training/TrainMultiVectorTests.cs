using Semblance.Modules;

namespace Semblance.Cli.Tests.Commands;

/// <summary>Recipes of late-interaction models.</summary>
public sealed class TrainMultiVectorTests : IDisposable
{
    private const string Triplets = "question\tanswer\tother\ts1\ts2\n"
        + "Where is my parcel?\tThe parcel is at the depot.\tThe shop is red.\t0.9\t0.1\nWhen does the shop open?\tThe shop opens at nine.\tThe sun shines.\t0.8\t0.2\n"
        + "Who sings this song?\tA woman sings it.\tBy card or in cash.\t0.7\t0\nWhat does the dog eat?\tThe dog eats bread.\tA woman sings it.\t1\t0.3\n";

    private const string Lists = "question\ttext\trelevance\n"
        + "Where is my parcel?\tThe parcel is at the depot.\t2\nWhere is my parcel?\tThe shop opens at nine.\t0\nWhen does the shop open?\tThe sun shines.\t0\n"
        + "When does the shop open?\tThe shop opens at nine.\t1\n";

    private static readonly string[] Texts = ["Where is my parcel?", "The shop opens at nine, or at ten."];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("MultiVectorMultipleNegativesRankingLoss: { scale: 2 }")]
    [InlineData("MultiVectorDistillKLDivLoss: { teacher-temperature: 0.5, normalize-scores: false }", "targets: [s1, s2]")]
    public async Task A_head_learns_beside_a_dense_model_that_keeps_its_bits(string loss, string targets = "")
    {
        var dense = Fixtures.Own("st/mean-normalize");
        var recipe = Recipe($"folder: '{dense}', dimensions: 12, max-length: 20, freeze: true", loss, targets);
        var outcome = (await Train(recipe, "out")).Done();
        outcome.Error.ShouldContain("dev_map");
        ModelKinds.AllOf(_folder.Of("out")).ShouldBe([ModelKind.SentenceTransformer, ModelKind.MultiVectorEncoder]);
        SentenceTransformer.Load(_folder.Of("out")).Encode(Texts).Vectors.Values.ToArray().ShouldBe(SentenceTransformer.Load(dense).Encode(Texts).Vectors.Values.ToArray());
        File.ReadAllBytes(Path.Combine(_folder.Of("out"), "model.safetensors")).ShouldBe(File.ReadAllBytes(Path.Combine(dense, "model.safetensors")));
        File.ReadAllText(Path.Combine(_folder.Of("out"), "README.md")).ShouldSatisfyAllConditions(
            card => card.ShouldContain("A late-interaction model"), card => card.ShouldContain("MultiVectorEncoder.Load"), card => card.ShouldContain(loss[..loss.IndexOf(':', StringComparison.Ordinal)]));

        var head = MultiVectorEncoder.Load(_folder.Of("out"));
        (head.Dimension, head.MaxSequenceLength, head.Config.QueryExpansion).ShouldBe((12, 20, null));
        var untrained = (await Train(recipe, "begun", "--set", "rate=1e-30")).Done();
        MultiVectorEncoder.Load(_folder.Of("begun")).EncodeQuery(Texts)[0].Values.ToArray().ShouldNotBe(head.EncodeQuery(Texts)[0].Values.ToArray());
        (await Train(recipe, "out", "--resume", "--set", "steps=6")).Done().Error.ShouldContain("resuming from step 4");

        // Its own folder again, and further, with less text.
        var further = Recipe($"folder: '{_folder.Of("out")}', max-length: 10, freeze: true", loss, targets);
        (await Train(further, "more")).Done();
        MultiVectorEncoder.Load(_folder.Of("more")).MaxSequenceLength.ShouldBe(10);
        SentenceTransformer.Load(_folder.Of("more")).MaxSequenceLength.ShouldBe(SentenceTransformer.Load(dense).MaxSequenceLength);
    }

    [Fact]
    public async Task A_new_projection_keeps_the_similarities_of_tokens_and_all_dimensions_keep_them_whole()
    {
        var dense = Fixtures.Own("st/mean-normalize");
        (await Train(Recipe($"folder: '{dense}', dimensions: 32, freeze: true", "MultiVectorMultipleNegativesRankingLoss: { scale: 1 }").Replace("1e-3", "1e-30", StringComparison.Ordinal), "out")).Done();
        var plain = MultiVectorEncoder.Of(SentenceTransformer.Load(dense)).Rank(Texts[0], Texts);
        MultiVectorEncoder.Load(_folder.Of("out")).Rank(Texts[0], Texts).Select(document => document.Score).ShouldBe(plain.Select(document => document.Score), 1e-3f);
    }

    [Fact]
    public async Task A_transformer_that_learns_too_has_a_folder_of_its_own()
    {
        (await Train(Recipe($"folder: '{Fixtures.Own("st/mean-normalize")}', dimensions: 8", "MultiVectorMultipleNegativesRankingLoss"), "out")).Done();
        ModelKinds.AllOf(_folder.Of("out")).ShouldBe([ModelKind.MultiVectorEncoder]);
        var model = MultiVectorEncoder.Load(_folder.Of("out"));
        model.Modules.Select(module => module.GetType()).ShouldBe([typeof(TransformerModule), typeof(DenseModule), typeof(MultiVectorMaskModule), typeof(NormalizeModule)]);
        (await Train(Recipe("", "MultiVectorMultipleNegativesRankingLoss").Replace("{  }", _folder.Of("out"), StringComparison.Ordinal), "more")).Done();
        MultiVectorEncoder.Load(_folder.Of("more")).EncodeQuery(Texts)[0].Values.ToArray().ShouldNotBe(model.EncodeQuery(Texts)[0].Values.ToArray());
    }

    [Theory]
    [InlineData("dimensions: 12", "max-length: 12", "'dimensions' is needed for a new projection; without it, the folder must hold a late-interaction model")]
    [InlineData("dimensions: 12", "dimensions: 33", "a whole number from 1 to 32 is expected")]
    [InlineData("folder:", "dense:", "'dense'")]
    [InlineData("seed: 1", "seed: 1\nmodel: x", "a recipe trains a 'model' or a 'multi-vector', not both")]
    [InlineData("MultiVectorMultipleNegativesRankingLoss: {}", "CoSENTLoss: {}", "there is no loss 'CoSENTLoss' of multi-vector encoders; there are MultiVectorMultipleNegativesRankingLoss, MultiVectorDistillKLDivLoss, MultiVectorSimilarityDistillLoss")]
    public async Task A_recipe_with_a_fault_is_answered(string was, string now, string expected)
    {
        var text = Recipe($"folder: '{Fixtures.Own("st/mean-normalize")}', dimensions: 12", "MultiVectorMultipleNegativesRankingLoss: {}");
        text.ShouldContain(was);
        var outcome = await Train(text.Replace(was, now, StringComparison.Ordinal), "out");
        (outcome.ExitCode, outcome.Error.Contains(expected, StringComparison.Ordinal)).ShouldBe((1, true), outcome.Error);
    }

    private Task<Outcome> Train(string recipe, string output, params string[] options)
    {
        _folder.Write("triplets.tsv", Triplets);
        _folder.Write("lists.tsv", Lists);
        return Outcome.OfAsync(["train", _folder.Write("r.yaml", recipe), "--data", _folder.Path, "--output", _folder.Of(output), .. options]);
    }

    private static string Recipe(string model, string loss, string targets = "") => $$"""
        multi-vector: { {{model}} }
        seed: 1
        datasets:
          - name: answers
            files: triplets.tsv
            texts: [question, answer, other]
            {{targets}}
            loss: {{(loss.Contains(':', StringComparison.Ordinal) ? $"{{ {loss} }}" : loss)}}
            batch-size: 2
        steps: 4
        rate: 1e-3
        checkpoint-every: 2
        evaluate: { every: 2, on: [{ task: reranking, name: dev, file: lists.tsv, texts: [question, text], score: relevance }, { task: triplets, name: three, file: triplets.tsv, texts: [question, answer, other] }] }
        """;
}
