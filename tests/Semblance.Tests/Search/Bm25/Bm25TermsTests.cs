namespace Semblance.Tests.Search;

public class Bm25TermsTests
{
    [Theory]
    [InlineData("Hello, World! x2", "hello world x2")]
    [InlineData("don't e-mail  me@home", "don t e mail me home")]
    [InlineData("Crème Brûlée ÅNGSTRÖM ﬁt", "creme brulee angstrom ﬁt")]
    [InlineData("cafe\u0301 café", "cafe cafe")] // the accent apart, and in one
    [InlineData("ПРИВЕТ Όμηρος", "привет ομηρος")]
    [InlineData("ＡＢＣ１２３", "abc123")]
    [InlineData("हिन्दी भाषा", "हिन्दी भाषा")] // its vowel signs are no accents
    [InlineData("银行卡", "银 行 银行 卡 行卡")]
    [InlineData("用iPhone 15拍照。好", "用 iphone 15 拍 照 拍照 好")]
    [InlineData("𠀀𠀁a", "𠀀 𠀁 𠀀𠀁 a")] // outside the basic plane
    [InlineData("한국어 ネコ", "한 국 한국 어 국어 ネ コ ネコ")]
    [InlineData(" \t…—!", "")]
    [InlineData("a\ud800b\udc00", "a b")] // halves of surrogate pairs
    public void Terms_are_words_or_characters_and_their_pairs(string text, string expected) =>
        string.Join(' ', Bm25Terms.Of(text)).ShouldBe(expected);

    [Fact]
    public void What_is_too_long_for_a_word_is_cut()
    {
        var terms = Bm25Terms.Of(new string('a', 100_000));
        string.Concat(terms).ShouldBe(new string('a', 100_000));
        terms.ShouldAllBe(term => term.Length <= 263);
    }
}
