namespace Semblance.Files.Tests;

public class ErrorMessageTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(4000)]
    public void A_message_for_people_stays_as_it_is(int length) => ErrorMessage.Shorten(new string('x', length)).ShouldBe(new string('x', length));

    [Theory]
    [InlineData(4001)]
    [InlineData(1_000_000)]
    public void A_longer_one_keeps_its_beginning_and_its_end(int length)
    {
        var shortened = ErrorMessage.Shorten($"config.json: {new string('x', length)}; expected a name.");
        shortened.Length.ShouldBe(ErrorMessage.Longest);
        shortened.ShouldStartWith("config.json: xxx");
        shortened.ShouldContain("x … x");
        shortened.ShouldEndWith("x; expected a name.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    public void No_character_is_divided(string before)
    {
        var shortened = ErrorMessage.Shorten(before + string.Concat(Enumerable.Repeat("😀", 5000)));
        shortened.Replace(" … ", "", StringComparison.Ordinal).EnumerateRunes().ShouldAllBe(rune => rune.Value == 0x1F600 || rune.Value == 'x');
    }
}
