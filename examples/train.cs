#:project ../src/Semblance.Training/Semblance.Training.csproj
#:project ../src/Semblance.Models.Mini/Semblance.Models.Mini.csproj

// Trains on a few pairs until the model has memorized them: dotnet run examples/train.cs [model folder]
using Semblance;
using Semblance.Training;

var model = SentenceTransformer.LoadTrainable(args.FirstOrDefault() ?? DefaultModel.Folder);
Example[] rows =
[
    new(["How do I reset my password?", "I forgot my login."]),
    new(["Where is my parcel?", "My delivery has not come."]),
    new(["怎样取消我的订阅？", "我不想再续费了。"]),
    new(["Which payment methods do you accept?", "Can I pay by card?"]),
];
var trainer = new Trainer(
    model,
    [new TrainingDataset("questions", rows, new MultipleNegativesRankingLoss())],
    new NoDuplicatesBatchSampler(rows, batchSize: 4),
    parameters => new AdamW(ParameterGroups.From([.. parameters], weightDecay: 0.01)),
    new TrainerOptions { Steps = 100, Schedule = new LinearSchedule(1e-3, totalSteps: 100, warmupSteps: 10) });

void Show(string when)
{
    var (first, second) = (model.Encode([.. rows.Select(row => row.Texts[0])]), model.Encode([.. rows.Select(row => row.Texts[1])]));
    var pairs = model.PairwiseSimilarity(first, second).Select(score => score.ToString("F3"));
    var other = model.Similarity(first, second).Row(0)[1]; // the first question and the second answer
    Console.WriteLine($"{when}: the pairs score {string.Join("  ", pairs)}, the first with the second {other:F3}");
}

Show("before");
trainer.Train(progress: new Progress<TrainingStep>(step =>
{
    if (step.Step % 20 == 0)
    {
        Console.WriteLine($"step {step.Step}: loss {step.Loss:F4}");
    }
}));
Show("after");
