namespace Semblance.Training.Tests;

public sealed class DocumentPassagesTests : IDisposable
{
    private const string Text =
        """
        The horse
        Horses are large animals that people have kept for a very long time. They eat grass and hay in the field every day. A young horse is called a foal by most people.
        A short line.

        This first line of a document is a sentence that is far too long to be its title, so it has none. It rains today.
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_title_asks_for_the_first_paragraph_and_a_sentence_for_the_rest_of_its_own()
    {
        var rows = Read(42);
        rows.Count.ShouldBe(2);
        var paragraph = Text.Split('\n')[1].TrimEnd('\r');
        rows[0].Texts.ShouldBe(["The horse", paragraph]);
        var (query, passage) = (rows[1].Texts[0], rows[1].Texts[1]);
        paragraph.ShouldContain(query);
        passage.ShouldNotContain(query);
        string.Concat(query, passage).Where(char.IsLetter).Order().ShouldBe(paragraph.Where(char.IsLetter).Order());
    }

    [Fact]
    public void The_sentences_depend_on_the_seed_alone()
    {
        Read(7).Select(row => row.Texts[0]).ShouldBe(Read(7).Select(row => row.Texts[0]));
        Enumerable.Range(0, 20).Select(seed => Read(seed)[1].Texts[0]).Distinct().Count().ShouldBe(3);
    }

    private List<Example> Read(int seed)
    {
        File.WriteAllText(_folder.File("text.txt"), Text);
        return [.. DocumentPassages.Read([_folder.File("text.txt")], RecordedModel.MeanNormalize.Tokenizer, seed)];
    }
}
