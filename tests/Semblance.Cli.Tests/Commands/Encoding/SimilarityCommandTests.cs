using System.Globalization;

namespace Semblance.Cli.Tests.Commands;

public class SimilarityCommandTests
{
    [Theory]
    [InlineData("mean-normalize")]
    [InlineData("prompts-dot")]
    public async Task The_score_is_the_recorded_one(string name)
    {
        var model = new RecordedModel(name);
        var outcome = (await Outcome.OfAsync("similarity", "--model", model.Folder, model.Sentences[0], model.Sentences[1])).Done();
        outcome.Lines.Length.ShouldBe(1);
        outcome.Notes.ShouldBeEmpty();
        float.Parse(outcome.Output, CultureInfo.InvariantCulture).ShouldBe(model.Expected("similarity").Row(0)[1], 1e-4f);
    }

    [Fact]
    public async Task A_file_of_pairs_gives_a_score_a_line()
    {
        var model = new RecordedModel("mean-normalize");
        var input = string.Concat(model.Sentences.Select(sentence => $"{model.Sentences[2]}\t{sentence}\n"));
        var outcome = (await Outcome.WithInputAsync(input, "similarity", "--model", model.Folder, "--input", "-")).Done();
        var scores = outcome.Lines.Select(line => float.Parse(line, CultureInfo.InvariantCulture)).ToArray();
        scores.Length.ShouldBe(model.Sentences.Length);
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i].ShouldBe(model.Expected("similarity").Row(2)[i], 2e-5f);
        }
    }

    [Fact]
    public async Task A_sentence_may_look_like_a_file_of_arguments()
    {
        var outcome = await Outcome.OfAsync("similarity", "--model", Fixtures.Own("st/mean-normalize"), "@man", "@man");
        outcome.Done().Output.ShouldBe("1.000000\n");
    }

    [Fact]
    public async Task A_precision_shows_what_it_costs()
    {
        var outcome = await Outcome.OfAsync("similarity", "--model", Fixtures.Own("st/mean-normalize"), "--precision", "binary", "A man is eating food.", "A girl.");
        var score = float.Parse(outcome.Done().Output, CultureInfo.InvariantCulture);
        (score * 16).ShouldBe(MathF.Round(score * 16), 1e-4f); // of 32 signs, so many more agree than do not
    }

    [Theory]
    [InlineData("one")]
    [InlineData]
    [InlineData("one", "two", "--input", "file")]
    public async Task Anything_but_two_sentences_or_a_file_is_a_wrong_command_line(params string[] arguments)
    {
        var outcome = await Outcome.OfAsync(["similarity", .. arguments]);
        outcome.ExitCode.ShouldBe(2);
        outcome.ErrorLines.Length.ShouldBe(1);
    }
}
