namespace Semblance.Training.Tests.Losses;

public class WordDeletionTests
{
    private const string Text = "the quick brown fox jumps over the lazy dog";

    [Fact]
    public void What_is_left_are_words_of_the_text_in_their_order()
    {
        var words = Text.Split(' ');
        var noise = new WordDeletion();
        for (var seed = 0; seed < 100; seed++)
        {
            var left = noise.Apply(Text, new Random(seed)).Split(' ');
            left.ShouldNotBeEmpty();
            var place = 0;
            foreach (var word in left)
            {
                place = Array.IndexOf(words, word, place) + 1;
                place.ShouldBeGreaterThan(0, $"seed {seed}: {word}");
            }
        }
    }

    [Theory]
    [InlineData(0.6)]
    [InlineData(0.25)]
    public void The_share_that_is_deleted_is_the_ratio(double ratio)
    {
        var text = string.Join(' ', Enumerable.Repeat("word", 20_000));
        (1 - (new WordDeletion(ratio).Apply(text, new Random(1)).Split(' ').Length / 20_000.0)).ShouldBe(ratio, 0.02);
    }

    [Fact]
    public void One_word_always_stays()
    {
        var left = Enumerable.Range(0, 50).Select(seed => new WordDeletion(1).Apply(Text, new Random(seed))).ToArray();
        left.ShouldAllBe(word => Text.Split(' ', StringSplitOptions.None).Contains(word));
        left.Distinct().Count().ShouldBeGreaterThan(4);
        new WordDeletion(1).Apply(" alone ", new Random(0)).ShouldBe("alone");
    }

    [Theory]
    [InlineData("  spaces\tof\r\nany kind ", "spaces of any kind")]
    [InlineData("我喜欢吃 苹果。", "我喜欢吃 苹果。")]
    [InlineData("用iPhone打电话", "用iPhone打电话")]
    [InlineData("\U00020000\U0001F600", "\U00020000\U0001F600")]
    [InlineData("   ", "   ")]
    [InlineData("", "")]
    public void Without_deletion_only_white_space_changes(string text, string expected) => new WordDeletion(0).Apply(text, new Random(0)).ShouldBe(expected);

    [Fact]
    public void Chinese_characters_are_deleted_one_by_one()
    {
        var left = Enumerable.Range(0, 200).Select(seed => new WordDeletion(0.5).Apply("我爱你中国 好", new Random(seed))).ToHashSet();
        left.ShouldContain("我你 好");
        left.ShouldContain("爱中国");
        new WordDeletion(1).Apply("打iPhone", new Random(2)).ShouldBeOneOf("打", "iPhone");
    }

    [Fact]
    public void The_same_chance_deletes_the_same_words()
    {
        new WordDeletion().Apply(Text, new Random(5)).ShouldBe(new WordDeletion().Apply(Text, new Random(5)));
        new WordDeletion().Apply(Text, new Random(5)).ShouldNotBe(new WordDeletion().Apply(Text, new Random(6)));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_share_that_is_none_is_refused(double ratio) => Should.Throw<ArgumentOutOfRangeException>(() => new WordDeletion(ratio));
}
