using Semblance.Training.Recipes;

namespace Semblance.Training.Tests.Recipes;

public sealed class DistillationRecipeTests : IDisposable
{
    private const string Texts = "en\tzh\nA man eats.\t一个人在吃饭。\nA plane takes off.\t飞机起飞了。\nThe dog sleeps.\t狗在睡觉。\nTwo boys play.\t两个男孩在玩。\n";

    private readonly TemporaryFolder _folder = new();

    public DistillationRecipeTests() => File.WriteAllText(_folder.File("pairs.tsv"), Texts);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_student_is_taught_with_the_vectors_of_a_teachers_recipe()
    {
        await TeachAsync(8);
        var student = $$"""
            model: { new: { tokenizer: {{Fixtures.Own("st/mean-normalize")}}, word-vectors: {{_folder.File("words")}}, layers: 1, hidden-size: 8, heads: 2, dropout: 0 }, normalize: true }
            output: student
            datasets:
              - { name: all, teacher: {{_folder.File("teacher")}}, loss: EmbedDistillLoss, batch-size: 2 }
              - { name: translations, files: pairs.tsv, texts: [en, zh], teacher: {{_folder.File("teacher")}}, loss: EmbedDistillLoss, batch-size: 2 }
            steps: 60
            rate: 1e-2
            """;
        var words = $$"""
            word-vectors:
              tokenizer: {{Fixtures.Own("st/mean-normalize")}}
              teacher: {{_folder.File("teacher")}}
              teachers: [{ model: {{Fixtures.Own("st/mean-normalize")}} }]
            output: words
            """;
        (await Recipe.Parse(words, Options("words")).RunAsync()).TokenCount.ShouldNotBeNull().ShouldBeGreaterThan(4);
        var training = await Recipe.Parse(student, Options("student")).PrepareAsync();
        training.Datasets.Select(dataset => dataset.Rows.Count).ShouldBe([12, 4]);
        training.Datasets[1].Rows[0].Targets.ShouldBe(TeacherVectors.Load(_folder.File("teacher")).Find("A man eats."));
        var losses = new List<double>();
        await training.RunAsync(new Recorder(losses));
        losses[^4..].Average().ShouldBeLessThan(losses[..4].Average() / 2);
    }

    [Fact]
    public async Task Rows_without_vectors_are_skipped_and_each_column_can_have_its_own()
    {
        await TeachAsync(null);
        File.AppendAllText(_folder.File("pairs.tsv"), "Unknown.\t未知。\n");
        var dataset = $"{{ name: a, files: pairs.tsv, texts: [en, zh], teacher: {_folder.File("teacher")}, loss: EmbedDistillLoss, batch-size: 2 }}";
        var training = await PrepareAsync(dataset);
        training.Datasets[0].Rows.Count.ShouldBe(4);
        training.Datasets[0].Skipped.ShouldBe(1);
        var each = await PrepareAsync(dataset.Replace($"teacher: {_folder.File("teacher")}", $"teacher: {{ vectors: {_folder.File("teacher")}, columns: each }}").Replace("[en, zh]", "[en, en]"));
        each.Datasets[0].Rows[0].Targets!.Count.ShouldBe(2 * training.Datasets[0].Rows[0].Targets!.Count);
        (await Should.ThrowAsync<RecipeException>(() => PrepareAsync(dataset.Replace("[en, zh]", "[zh, en]")))).Message.ShouldContain("none of the 5 rows");
    }

    [Fact]
    public async Task Columns_of_queries_are_encoded_as_queries()
    {
        var recipe = $$"""
            teachers: [{ model: {{Fixtures.Own("st/mean-normalize")}}, query-prompt: "A man " }]
            output: teacher
            datasets: [{ name: pairs, files: pairs.tsv, texts: [en, zh], routes: [query, document] }]
            """;
        (await Recipe.Parse(recipe, Options("teacher")).RunAsync()).TextCount.ShouldBe(8);
        var (vectors, model) = (TeacherVectors.Load(_folder.File("teacher")), SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")));
        vectors.Find("Two boys play.")!.ShouldBe(model.Encode("A man Two boys play.", new EncodeOptions { Normalize = true }), 1e-3f);
        vectors.Find("狗在睡觉。")!.ShouldBe(model.Encode("狗在睡觉。", new EncodeOptions { Normalize = true }), 1e-3f);
    }

    // A projection needs as many texts as dimensions.
    private async Task TeachAsync(int? dimensions)
    {
        File.WriteAllLines(_folder.File("more.txt"), Enumerable.Range(0, dimensions ?? 0).Select(i => $"There are {i} dogs."));
        var more = dimensions is null ? "" : "- { name: more, files: more.txt, texts: text }";
        var recipe = $$"""
            teachers: [{ model: {{Fixtures.Own("st/mean-normalize")}}, max-length: 32 }]
            {{(dimensions is null ? "" : $"dimensions: {dimensions}")}}
            output: teacher
            datasets:
            - { name: texts, files: pairs.tsv, texts: en }
            {{more}}
            """;
        var result = await Recipe.Parse(recipe, Options("teacher")).RunAsync();
        result.TextCount.ShouldBe(4 + (dimensions ?? 0));
    }

    private Task<RecipeTraining> PrepareAsync(string dataset) => Recipe.Parse(
        $$"""
        model: {{Fixtures.Own("st/mean-normalize")}}
        output: out
        datasets: [{{dataset}}]
        steps: 1
        rate: 1e-3
        """,
        Options("out")).PrepareAsync();

    private RecipeOptions Options(string output) => new() { DataFolder = _folder.Path, Output = _folder.File(output) };

    private sealed class Recorder(List<double> losses) : IProgress<RecipeProgress>
    {
        public void Report(RecipeProgress value) => losses.Add(value.Step!.Loss);
    }
}
