using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Semblance.Training.Tests.Reports;

public sealed class TrainingReportTests
{
    [Fact]
    public void It_needs_nothing_from_elsewhere()
    {
        var page = TrainingReport.Render(Summaries.Parcels, Steps(500));

        Regex.IsMatch(page, @"\b(src|href)\s*=|url\(|@import|https?:").ShouldBeFalse();
        page.ShouldContain("default-src 'none'");
    }

    [Fact]
    public void It_fits_a_phone_in_light_and_dark()
    {
        var page = TrainingReport.Render(Summaries.Parcels, Steps(50));
        page.ShouldContain("width=device-width, initial-scale=1");
        page.ShouldContain("prefers-color-scheme: dark");
        page.ShouldContain("@media (max-width: 40rem)");
    }

    [Fact]
    public void Every_text_is_escaped()
    {
        const string attack = "<script>alert('x')</script>\"&";
        var evaluation = new EvaluationResult(new Dictionary<string, double> { [attack] = 1 }, attack);
        var summary = Summaries.Parcels with
        {
            Name = attack,
            BaseModel = attack,
            Languages = [attack],
            License = attack,
            Datasets = [new(attack, 1, attack) { Source = attack, Examples = [new([attack])] }],
            Settings = [new(attack, attack)],
            Results = [new(attack, evaluation), new("b", evaluation)],
            Warnings = [new(1, TrainingWarningKind.Collapse, attack)],
            Machine = new(attack, 1, attack, attack),
        };

        var page = TrainingReport.Render(summary, [new TrainingStep(0, attack, 1, 1, 1, evaluation), new TrainingStep(1, attack, 1, 1, 1, evaluation)]);

        page.ShouldNotContain("<script>alert");
        page.ShouldContain("&lt;script&gt;alert");
        Markup(page); // well-formed throughout
    }

    [Fact]
    public void There_is_a_panel_for_each_data_set_each_primary_metric_and_the_pace()
    {
        var body = Markup(TrainingReport.Render(Summaries.Parcels, Steps(3000)));

        Titles(body).ShouldBe(["own", "nli", "sts-dev_spearman_cosine", "learning rate", "gradient norm"]);
        body.Descendants("dt").Select(name => name.Value).ShouldBe(["batch size", "learning rate", "<script>", "processor", "threads", "runtime", "system", "steps", "time"]);
        body.Descendants("p").Last().Value.ShouldBe(
            "Trained on 2 data sets of 570,195 rows in 12,000 steps and 2 h 5 min; sts-dev_spearman_cosine is 0.8438 (before training: 0.6125).");
    }

    [Fact]
    public void The_curve_of_the_evaluation_begins_before_training()
    {
        var summary = Summaries.Parcels with { Results = [Summaries.Parcels.Results[0] with { Step = 0 }] };
        var plot = Markup(TrainingReport.Render(summary, Steps(3000))).Descendants("svg").Single(svg => svg.Elements("text").Any(text => text.Value == "sts-dev_spearman_cosine"));
        plot.Attribute("data-steps")!.Value.ShouldStartWith("0,6,256,");
        plot.Attribute("data-values")!.Value.ShouldStartWith("0.6125,");
    }

    [Fact]
    public void The_data_have_their_batches_and_the_settings_of_their_loss()
    {
        var data = Markup(TrainingReport.Render(Summaries.Parcels, Steps(20))).Descendants("td").Select(cell => cell.Value).ToArray();
        data.ShouldContain("MatryoshkaLoss(MultipleNegativesRankingLoss)dimensions: 256, 64; loss: MultipleNegativesRankingLosssampler: no-duplicates");
        data.ShouldContain("64");
    }

    [Fact]
    public void What_is_read_out_is_what_is_drawn()
    {
        foreach (var plot in Markup(TrainingReport.Render(Summaries.Parcels, Steps(3000))).Descendants("svg").Where(svg => svg.Attribute("data-steps") is not null))
        {
            var points = plot.Elements("path").Single(path => path.Attribute("class")!.Value == "line").Attribute("d")!.Value[1..].Split('L');

            points.Length.ShouldBeLessThanOrEqualTo(400);
            plot.Attribute("data-steps")!.Value.Split(',').Length.ShouldBe(points.Length);
            plot.Attribute("data-values")!.Value.Split(',').Length.ShouldBe(points.Length);
            var box = plot.Attribute("viewBox")!.Value.Split(' ').Select(double.Parse).ToArray();
            points.Select(point => point.Split(' ').Select(double.Parse).ToArray()).ShouldAllBe(point => point[0] >= 48 && point[0] <= box[2] && point[1] >= 20 && point[1] <= box[3]);
        }
    }

    [Fact]
    public void A_training_of_no_step_and_one_of_a_single_step_have_a_page()
    {
        var summary = Summaries.Parcels with { Datasets = [], Settings = [], Results = [] };

        Titles(Markup(TrainingReport.Render(summary, []))).ShouldBeEmpty();
        Titles(Markup(TrainingReport.Render(summary, [new TrainingStep(0, "d", 0, double.NaN, 0, null)]))).ShouldBe(["d", "learning rate"]);
    }

    [Fact]
    public void A_page_does_not_grow_with_the_training() =>
        TrainingReport.Render(Summaries.Parcels, Steps(50_000)).Length.ShouldBeLessThan(150_000);

    [Fact]
    public void It_is_saved_from_the_log_beside_it()
    {
        using var folder = new TemporaryFolder();
        using (var log = new TrainingLog(folder.Path))
        {
            foreach (var step in Steps(20))
            {
                log.Report(step);
            }
        }

        TrainingReport.Save(folder.Path, Summaries.Parcels);

        File.ReadAllText(folder.File("report.html")).ShouldBe(TrainingReport.Render(Summaries.Parcels, Steps(20)));
    }

    [Fact]
    public void Smoothing_leaves_a_level_curve_and_begins_at_its_beginning()
    {
        var level = new Curve("c", Enumerable.Range(0, 1000).Select(i => ((long)i, 2.5)));

        level.Smoothed().Points.ShouldAllBe(point => Math.Abs(point.Value - 2.5) < 1e-12);
        new Curve("c", Enumerable.Range(0, 1000).Select(i => ((long)i, i == 0 ? 7.0 : 1))).Smoothed().Points[0].ShouldBe((0, 7));
    }

    [Fact]
    public void Thinning_keeps_the_end_and_an_outline_every_spike()
    {
        var curve = new Curve("c", Enumerable.Range(0, 10_000).Select(i => ((long)i, i switch { 4321 => 99.0, 8765 => -99, _ => Math.Sin(i) })));

        curve.Thinned(400).Points.Length.ShouldBe(400);
        curve.Thinned(400).Points[^1].Step.ShouldBe(9999);
        var outline = curve.Outline(200).Points;
        outline.Length.ShouldBe(400);
        outline[..200].ShouldContain((4321, 99.0));
        outline[200..].ShouldContain((8765, -99.0));
        outline[..200].Select(point => point.Step).ShouldBeInOrder();
        outline[200..].Select(point => point.Step).ShouldBeInOrder(SortDirection.Descending);
    }

    [Theory]
    [InlineData(0, 1, 4, "0 0.5 1")]
    [InlineData(0, 12_000, 4, "0 5,000 10,000")]
    [InlineData(-0.3, 0.31, 4, "-0.2 0 0.2")]
    [InlineData(0, 2e-5, 4, "0 5e-6 1e-5 1.5e-5 2e-5")]
    [InlineData(5, 5, 4, "5")]
    public void Ticks_are_round(double lowest, double highest, int count, string expected) =>
        string.Join(' ', AxisTicks.Linear(lowest, highest, count).Select(AxisTicks.Label)).ShouldBe(expected);

    [Theory]
    [InlineData(0.5, 200, "1 10 100")]
    [InlineData(0.0011, 10, "0.01 0.1 1 10")]
    [InlineData(1e-9, 1e3, "1e-8 1e-6 1e-4 0.01 1 100")]
    public void Ticks_of_a_logarithmic_axis_are_powers_of_ten(double lowest, double highest, string expected) =>
        string.Join(' ', AxisTicks.Logarithmic(lowest, highest).Select(AxisTicks.Label)).ShouldBe(expected);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1.23456e-5, "1.235e-5")]
    [InlineData(-0.0123456, "-0.01235")]
    [InlineData(12.3456, "12.35")]
    [InlineData(123456, "123456")]
    [InlineData(1.5e9, "1.5e9")]
    public void Numbers_have_four_digits(double number, string expected) => ReportText.Number(number).ShouldBe(expected);

    // What the page shows, read as XML.
    private static XElement Markup(string page)
    {
        var main = page[page.IndexOf("<main>", StringComparison.Ordinal)..(page.IndexOf("</main>", StringComparison.Ordinal) + "</main>".Length)];
        return XElement.Parse(main.Replace("<br>", "<br/>", StringComparison.Ordinal).Replace("<wbr>", "<wbr/>", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Titles(XElement body) => body.Descendants("text").Where(text => text.Attribute("class")!.Value == "title").Select(text => text.Value);

    internal static TrainingStep[] Steps(int count)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new TrainingStep(
                i,
                i % 3 == 0 ? "own" : "nli",
                (i % 3 == 0 ? 1 : 3) * (0.3 + (2 / (1 + (i * 10.0 / count)))) * (0.8 + (0.4 * random.NextDouble())),
                Math.Exp((2 * random.NextDouble()) - 1) * (i % 977 == 400 ? 80 : 1),
                2e-5 * Math.Min(i / (0.1 * count), (count - i) / (0.9 * count)),
                i % Math.Max(1, count / 12) == 5 ? Evaluation(0.6 + (0.25 * i / count)) : null)),
        ];

        static EvaluationResult Evaluation(double score) => new(
            new OrderedDictionary<string, double> { ["sts-dev_pearson_cosine"] = score - 0.02, ["sts-dev_spearman_cosine"] = score }, "sts-dev_spearman_cosine");
    }
}
