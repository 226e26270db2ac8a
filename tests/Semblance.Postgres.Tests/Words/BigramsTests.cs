namespace Semblance.Postgres.Tests;

public class BigramsTests
{
    [Theory]
    [InlineData("密码重置", " 密码 码重 重置 ")]
    [InlineData("水", " 水 ")]
    [InlineData("reset 密码, please", "reset  密码 , please")]
    [InlineData("カタカナ・かな", " カタ タカ カナ ・ かな ")]
    [InlineData("𠀋𠀌𠀍", " 𠀋𠀌 𠀌𠀍 ")]
    [InlineData("no such writing", "no such writing")]
    [InlineData("", "")]
    public void Writing_without_spaces_is_cut_into_pairs(string text, string cut) => Bigrams.OfText(text).ShouldBe(cut);

    [Theory]
    [InlineData("密码重置", " 密码 or 码重 or 重置 ")]
    [InlineData("\"密码重置\"", "\" 密码 码重 重置 \"")]
    [InlineData("login -密码重", "login -\"密码 码重\" ")]
    [InlineData("-密码", "-\"密码\" ")]
    [InlineData("a-密码重", "a- 密码 or 码重 ")]
    public void A_query_asks_for_any_pair_and_for_all_within_quotes_or_after_a_minus(string query, string cut) => Bigrams.OfQuery(query).ShouldBe(cut);
}
