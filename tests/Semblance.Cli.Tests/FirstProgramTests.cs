using System.Globalization;

namespace Semblance.Cli.Tests;

/// <summary>What the READMEs and the examples show with the bundled model, which another training may change.</summary>
public class FirstProgramTests
{
    private static readonly string Questions = Path.Combine(Fixtures.Repository, "examples", "faq.txt");

    [Theory]
    [InlineData("The cat sleeps on the sofa.", "A kitten is napping on the couch.", "The stock market fell sharply.")]
    [InlineData("小猫在沙发上睡觉。", "一只猫躺在沙发上。", "股市今天大跌。")]
    [InlineData("The cat sleeps on the sofa.", "小猫在沙发上睡觉。", "The stock market fell sharply.")]
    public async Task A_paraphrase_is_far_more_similar_than_an_unrelated_sentence(string sentence, string paraphrase, string other) =>
        (await Similarity(sentence, paraphrase)).ShouldBeGreaterThan(await Similarity(sentence, other) + 0.3);

    [Theory]
    [InlineData("How can I change my password?", "How do I reset my password?")]
    [InlineData("I forgot my password", "How do I reset my password?")]
    [InlineData("我想换一个密码", "怎样重置我的密码？")]
    [InlineData("我想换个收货地址", "下单后还能修改收货地址吗？")]
    public async Task A_question_finds_the_one_that_means_the_same(string query, string first) =>
        (await Outcome.OfAsync("search", "--corpus", Questions, "--query", query, "--top-k", "3")).Done().Lines[0].Split('\t')[^1].ShouldBe(first);

    private static async Task<double> Similarity(string a, string b) =>
        double.Parse((await Outcome.OfAsync("similarity", a, b)).Done().Output, CultureInfo.InvariantCulture);
}
