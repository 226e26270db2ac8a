using Semblance.Training.Recipes;

namespace Semblance.Training.Tests.Recipes;

/// <summary>Sparse encoders in recipes.</summary>
public sealed class SparseRecipeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SparseRecipeTests() => File.WriteAllText(
        _folder.File("pairs.tsv"),
        "first\tsecond\tscore\nA man eats.\tSomeone eats food.\t4.5\nA plane takes off.\tIt rains.\t0.4\nThe dog sleeps.\tA dog is asleep.\t4.8\nTwo boys play.\tThe sun shines.\t1\n");

    private static string Folder => Fixtures.Own("st/mean-normalize");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_auto_encoder_is_trained_on_frozen_vectors()
    {
        var result = await Parse($"{{ folder: {Folder}, auto-encoder: {{ dimensions: 64, k: 4 }}, freeze: true }}", "CSRLoss").RunAsync();
        var trained = SparseEncoder.Load(result.Output);
        trained.Encode("A dog is asleep.").ActiveDimensions.ShouldBeLessThanOrEqualTo(4);
        trained.Dimension.ShouldBe(64);
        var (before, after) = (Words(SentenceTransformer.Load(Folder)), Words(trained));
        after.ShouldBe(before);
        result.Evaluations[^1].Result.PrimaryMetric.ShouldBe("pairs_spearman_cosine");
        var card = File.ReadAllText(Path.Combine(result.Output, "README.md"));
        card.ShouldContain("sparse-encoder");
        card.ShouldContain("64 dimensions, sparse");
        card.ShouldContain("SparseEncoder.Load(");

        static float[] Words(ITrainableModel model) => model.Parameters().First(parameter => parameter.Name.Contains("word_embeddings", StringComparison.Ordinal)).Value.Values.ToArray();
    }

    [Fact]
    public async Task A_new_head_over_the_vocabulary_is_trained_and_trained_again()
    {
        var result = await Parse($"{{ folder: {Folder}, head: new, max-length: 24 }}", "{ SpladeLoss: { document-weight: 1e-3, query-weight: 1e-3, warmup: linear } }").RunAsync();
        var trained = SparseEncoder.Load(result.Output);
        trained.MaxSequenceLength.ShouldBe(24);
        trained.Decode(trained.Encode("A dog is asleep."), topK: 3).Count.ShouldBe(3);
        result.Evaluations[^1].Result.PrimaryMetric.ShouldBe("pairs_spearman_dot");

        var again = Parse(result.Output, "{ SpladeLoss: { document-weight: 0, loss: SparseTripletLoss } }", "again", "[first, second, first]");
        (await again.RunAsync()).Score.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("{ head: new }", "'folder' is needed")]
    [InlineData("{ folder: F, head: new, auto-encoder: {} }", "not both")]
    [InlineData("{ folder: F, head: new, freeze: true }", "freeze only below an 'auto-encoder'")]
    [InlineData("{ folder: F, auto-encoder: { dimensions: 4, k: 5 } }", "from 1 to 4")]
    public async Task A_sparse_encoder_that_cannot_be_made_is_named(string model, string message) =>
        (await Should.ThrowAsync<RecipeException>(() => Parse(model.Replace(" F,", $" {Folder},", StringComparison.Ordinal), "CSRLoss").RunAsync())).Message.ShouldContain(message);

    [Fact]
    public async Task A_temperature_of_the_sparse_divergence_is_two_by_default()
    {
        var training = await Parse($"{{ folder: {Folder}, head: new }}", "{ SpladeLoss: { document-weight: 0, loss: SparseDistillKLDivLoss } }").PrepareAsync();
        training.Losses.Single().Inner.ShouldBeOfType<DistillKLDivLoss>().Settings.Temperature.ShouldBe(2);
    }

    private Recipe Parse(string model, string loss, string output = "out", string texts = "[first, second]") => Recipe.Parse(
        $$$"""
        sparse: {{{model}}}
        output: out
        datasets: [{name: pairs, files: pairs.tsv, texts: {{{texts}}}, loss: {{{loss}}}, batch-size: 2}]
        steps: 4
        rate: 1e-3
        evaluate: {every: 4, on: {task: sts, name: pairs, file: pairs.tsv, texts: [first, second], score: score}}
        """,
        new RecipeOptions { DataFolder = _folder.Path, Output = _folder.File(output) });
}
