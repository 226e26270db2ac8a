namespace Semblance.Tests;

public class TextMapTests
{
    private static readonly SentenceTransformer Model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));

    [Fact]
    public void A_map_is_a_page_that_stands_alone_and_shows_texts_as_they_are()
    {
        using var folder = new TemporaryFolder();
        string[] texts = ["{{title}} </script>", "red\tapple\r\npie", "moon"];
        var map = TextMap.Fit(texts, Model.Encode(texts).Vectors, groups: 2, new TSneOptions { Iterations = 20 });
        map.Groups.Count.ShouldBe(3);
        map.Save(folder.Of("<map>.html"));
        var page = File.ReadAllText(folder.Of("<map>.html"));
        page.ShouldContain("<title>&lt;map&gt;</title>");
        page.ShouldContain("{{title}} \\u003C/script\\u003E");
        page.ShouldContain("<style>\n:root {");
        page.ShouldEndWith("</html>");
        map.Save(folder.Of("map.tsv"));
        File.ReadLines(folder.Of("map.tsv")).Select(line => line.Split('\t')[3]).ShouldBe(["{{title}} </script>", "red apple pie", "moon"]);
        Should.Throw<ArgumentException>(() => map.Save(folder.Of("map.png"))).Message.ShouldContain(".html");
    }

    [Fact]
    public void A_page_fits_a_phone_has_a_palette_for_the_color_blind_and_more_shapes_for_more_groups()
    {
        string[] texts = [.. Enumerable.Range(0, 9).Select(i => $"text {i} {new string((char)('a' + i), 5)}")];
        using var stream = new MemoryStream();
        TextMap.Fit(texts, Model.Encode(texts).Vectors, groups: 9, new TSneOptions { Iterations = 20 }).Write(stream, ".html");
        var page = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        page.ShouldContain("width=device-width, initial-scale=1");
        page.ShouldContain("prefers-color-scheme: dark");
        page.ShouldContain("-webkit-line-clamp");
        foreach (var color in (string[])["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]) // Okabe and Ito 2008
        {
            page.ShouldContain(color);
        }

        page.ShouldContain("shapes[Math.floor(group / colors) % shapes.length]");
    }

    [Fact]
    public void Clusters_have_their_texts_by_similarity_to_the_centroid()
    {
        string[] texts = ["red apple", "red apple", "moon", "red apple pie"];
        var clusters = TextCluster.Of(texts, Model.Encode(texts).Vectors, [1, 1, -1, 1]);
        clusters.Single().Members.Select(member => member.Index).Order().ShouldBe([0, 1, 3]);
        clusters[0].Members.Select(member => member.Score).ShouldBe(clusters[0].Members.Select(member => member.Score).OrderDescending());
    }
}
