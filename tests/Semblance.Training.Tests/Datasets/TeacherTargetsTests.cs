namespace Semblance.Training.Tests;

public class TeacherTargetsTests
{
    private static SentenceTransformer Teacher => RecordedModel.MeanNormalize;

    [Fact]
    public void Targets_are_the_teachers_vectors_of_one_text()
    {
        Example[] rows = [new(["A man is eating food.", "Ein Mann isst."]), new(["Hi", "Hallo"]), new(["A man is eating food.", "Ein Mann isst etwas."])];
        var taught = TeacherTargets.AddVectors(rows, Teacher);
        taught.Select(row => row.Texts).ShouldBe(rows.Select(row => row.Texts));
        taught[0].Targets.ShouldBe(Teacher.Encode("A man is eating food."));
        taught[1].Targets.ShouldBe(Teacher.Encode("Hi"));
        taught[2].Targets.ShouldBeSameAs(taught[0].Targets);
        TeacherTargets.AddVectors(rows, Teacher, column: 1, new EncodeOptions { Dimensions = 8 })[1].Targets.ShouldBe(Teacher.Encode("Hallo")[..8]);
    }

    [Fact]
    public void Targets_are_the_teachers_scores_of_all_documents()
    {
        var row = TeacherTargets.AddScores([new Example(["Hi", "Hallo", "A man is eating food."])], Teacher).ShouldHaveSingleItem();
        var scores = Teacher.Similarity(Teacher.Encode(["Hi"]), Teacher.Encode(["Hallo", "A man is eating food."]));
        row.Targets!.Count.ShouldBe(2);
        row.Targets[0].ShouldBe(scores.Values[0], 1e-6f);
        row.Targets[1].ShouldBe(scores.Values[1], 1e-6f);
    }

    [Fact]
    public void A_student_learns_the_vectors_and_the_margins()
    {
        Example[] rows = [new(["A man is eating food.", "Hi", "A man is riding a horse."]), new(["Hi", "A woman is playing violin.", "Hallo"])];
        foreach (var (loss, taught) in new (Loss, IReadOnlyList<Example>)[]
        {
            (new MSELoss(), TeacherTargets.AddVectors(rows, Teacher)),
            (new MarginMSELoss(), TeacherTargets.AddScores(rows, Teacher)),
            (new DistillKLDivLoss(), TeacherTargets.AddScores(rows, Teacher)),
        })
        {
            var losses = new List<double>();
            new Trainer(
                SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model")),
                [new TrainingDataset("taught", taught, loss)],
                new DefaultBatchSampler(2, 2) { Shuffle = false },
                parameters => new AdamW(ParameterGroups.From([.. parameters])),
                new TrainerOptions { Steps = 20, Schedule = new ConstantSchedule(1e-3), DropoutSeed = null })
                .Train(progress: new Steps(step => losses.Add(step.Loss)));
            losses[^1].ShouldBeLessThan(losses[0] / 2, loss.GetType().Name);
        }
    }

    [Fact]
    public void A_row_without_the_text_is_refused()
    {
        Should.Throw<ArgumentException>(() => TeacherTargets.AddVectors([new Example(["a"])], Teacher, column: 1)).Message.ShouldContain("Row 0 has 1 texts");
        Should.Throw<ArgumentException>(() => TeacherTargets.AddScores([new Example(["a"])], Teacher)).Message.ShouldContain("at least 2");
    }

    private sealed class Steps(Action<TrainingStep> report) : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value) => report(value);
    }
}
