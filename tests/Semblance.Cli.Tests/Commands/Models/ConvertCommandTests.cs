namespace Semblance.Cli.Tests.Commands;

public class ConvertCommandTests
{
    [Theory]
    [InlineData("")]
    [InlineData("3 2\n")]
    public async Task A_text_is_the_mean_of_the_vectors_of_its_words(string sizes)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("vectors.txt", $"{sizes}cat 1 0\ndog 0 1\nbird 4 2\n");
        var outcome = (await Outcome.OfAsync("convert", file, "--output", folder.Of("model"))).Done();
        outcome.Lines.ShouldBe([folder.Of("model")]);
        outcome.Error.ShouldBe("3 words with vectors of 2\n");
        var model = SentenceTransformer.Load(folder.Of("model"));
        model.Encode("Cat, dog!").ShouldBe([0.5f, 0.5f]);
        model.Encode("a bird").ShouldBe([4, 2]);
    }

    [Fact]
    public async Task Words_beyond_the_given_number_are_left_out()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("vectors.txt", "cat 1 0\ndog 0 1\nbird 4 2\n");
        (await Outcome.OfAsync("convert", file, "--output", folder.Of("model"), "--words", "2", "--weights", "float16")).Done();
        SentenceTransformer.Load(folder.Of("model")).Encode("dog bird").ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_file_without_vectors_is_an_error_that_names_it()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("words.txt", "cat\ndog\n");
        var outcome = await Outcome.OfAsync("convert", file, "--output", folder.Of("model"));
        outcome.ExitCode.ShouldBe(CommandLine.Failed);
        outcome.Error.ShouldContain("words.txt");
        Directory.Exists(folder.Of("model")).ShouldBeFalse();
    }
}
