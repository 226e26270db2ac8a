#:project ../src/Semblance.Training/Semblance.Training.csproj
#:project ../src/Semblance.Models.Mini/Semblance.Models.Mini.csproj

// Trains a tagger on a few sentences and finds the places in others: dotnet run examples/tag.cs
using Semblance;
using Semblance.Modules;
using Semblance.Training;

var labels = new LabelNames("O", "B-PLACE", "I-PLACE");
(string Words, string Tags)[] sentences =
[
    ("She lives in Berlin .", "O O O B-PLACE O"),
    ("New York is far away .", "B-PLACE I-PLACE O O O O"),
    ("The train from Hamburg is late .", "O O O B-PLACE O O O"),
    ("We eat bread in the morning .", "O O O O O O O"),
    ("She works in New York .", "O O O B-PLACE I-PLACE O"),
    ("他 在 北 京 工 作", "O O B-PLACE I-PLACE O O"),
    ("我 们 吃 面 包", "O O O O O"),
];
Example[] rows = [.. sentences.Select(row => new TaggedSentence(row.Words.Split(' '), row.Tags.Split(' ')).ToExample(labels))];

var input = TransformerModule.Load(DefaultModel.Folder, trainable: true);
var model = TokenClassifier.Create(input, labels.Names);
var trainer = new Trainer(
    model, [new TrainingDataset("places", rows, new TokenClassificationLoss())], new DefaultBatchSampler(rows.Length, rows.Length),
    parameters => new AdamW(ParameterGroups.From([.. parameters], weightDecay: 0.01)),
    new TrainerOptions { Steps = 60, Schedule = new LinearSchedule(2e-3, totalSteps: 60, warmupSteps: 6) });
trainer.Train();

var options = new TagOptions { Aggregation = AggregationStrategy.First };
foreach (var text in (string[])["She flies from Berlin to New York.", "他在北京吃面包。"])
{
    foreach (var entity in model.Tag(text, options))
    {
        Console.WriteLine($"{text}  {entity.Label} {entity.Start}-{entity.End} {entity.Score:F2} {entity.Text}");
    }
}
