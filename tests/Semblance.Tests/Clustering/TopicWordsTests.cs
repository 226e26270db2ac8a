namespace Semblance.Tests;

public class TopicWordsTests
{
    private static readonly string[] Texts =
    [
        "How do I reset my password?", "The password is wrong, and the reset link too.", "reset password",
        "Where is my parcel?", "The parcel never came.", "parcel delivery is late",
        "我想修改密码", "密码忘记了怎么办", "something else entirely",
    ];

    private static readonly int[] Labels = [0, 0, 0, 1, 1, 1, 2, 2, -1];

    [Fact]
    public void Each_cluster_has_its_own_words_in_any_script()
    {
        var topics = TopicWords.Of(Texts, Labels, 2);
        topics.Count.ShouldBe(3);
        topics[0].Select(word => word.Word).ShouldBe(["password", "reset"]);
        topics[1][0].Word.ShouldBe("parcel");
        topics[2][0].Word.ShouldBe("密码");
        topics.SelectMany(topic => topic).ShouldNotContain(word => word.Word == "the" || word.Word == "is");
    }

    [Theory]
    [InlineData("&lt;b&gt;tea&lt;/b&gt; &amp; cake &quot;now&quot; &nbsp; &#39;quick&#39;")]
    [InlineData("&amp;lt;b&amp;gt;tea&amp;nbsp;cake &amp;amp;quot;now&amp;amp;quot; quick")]
    [InlineData("lt;b&gt;tea #39;s cake quot;now quot; #36;4 amp; quick NBSP;")]
    [InlineData("tea &hellip; cake &mdash; now &copy; quick &#x27; &LT;")]
    public void Entities_of_HTML_are_no_words(string text) =>
        TopicWords.Of([text], [0])[0].Select(word => word.Word).Order().ShouldBe(["cake", "quick", "tea"]); // "now" is a function word

    [Theory]
    [InlineData("Mr Smith said, the iron lt gt price rose, according to http www example", "example", "iron", "price", "rose", "smith")]
    [InlineData("记者昨天报道，据悉目前已经通过进行", "者昨", "天报", "悉目", "前已", "经通")]
    public void Words_of_speech_and_markup_and_function_words_are_left_out(string text, params string[] words) =>
        TopicWords.Of([text], [0])[0].Select(word => word.Word).Order().ShouldBe(words.Order());

    [Fact]
    public void Weights_are_those_of_the_formula()
    {
        // Cluster 0 has five words, cluster 1 three: four on average. "tea" comes three times in all, two of them in cluster 0.
        var topics = TopicWords.Of(["tea cup tea milk sugar", "tea coffee bean"], [0, 1]);
        topics[0][1].ShouldBe(new TopicWord("cup", 1 / 5.0 * Math.Log(1 + (4 / 1.0))));
        topics[0].Single(word => word.Word == "tea").Weight.ShouldBe(2 / 5.0 * Math.Log(1 + (4 / 3.0)), 1e-15);
        topics[0].Select(word => word.Weight).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public void Empty_clusters_and_empty_texts_have_no_words()
    {
        TopicWords.Of([], []).ShouldBeEmpty();
        TopicWords.Of(["", "a !"], [2, -1]).ShouldAllBe(words => words.Count == 0);
        Should.Throw<ArgumentException>(() => TopicWords.Of(["a"], []));
        Should.Throw<ArgumentException>(() => TopicWords.Of(["a"], [-2])).Message.ShouldContain("-2");
    }
}
