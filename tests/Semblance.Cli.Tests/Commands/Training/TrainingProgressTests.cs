using Semblance.Cli.Commands;
using Semblance.Training;

namespace Semblance.Cli.Tests.Commands;

public class TrainingProgressTests
{
    [Fact]
    public void Many_metrics_are_shown_as_the_primary_one_and_those_that_are_known_best()
    {
        string[] names = ["accuracy@1", "accuracy@3", "precision@1", "precision@10", "recall@1", "recall@10", "ndcg@10", "mrr@10", "map@100"];
        var result = new EvaluationResult(names.Index().ToDictionary(name => $"dev_cosine_{name.Item}", name => 0.1 * name.Index), "dev_cosine_precision@10");
        TrainingProgress.Describe(result).ShouldBe(
            "dev_cosine_precision@10 0.3000  dev_cosine_accuracy@1 0.0000  dev_cosine_recall@10 0.5000  dev_cosine_ndcg@10 0.6000  "
            + "dev_cosine_mrr@10 0.7000  and 4 more in the log");
    }

    [Fact]
    public void A_few_metrics_are_all_shown()
    {
        var result = new EvaluationResult(new Dictionary<string, double> { ["pearson"] = 0.25, ["spearman"] = 0.5 }, "spearman");
        TrainingProgress.Describe(result).ShouldBe("spearman 0.5000  pearson 0.2500");
    }
}
