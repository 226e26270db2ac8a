#:project ../src/Semblance.Training/Semblance.Training.csproj
#:project ../src/Semblance.Models.Mini/Semblance.Models.Mini.csproj

// Trains a small adapter, saves it, and encodes with and without it: dotnet run examples/adapter.cs [model folder]
using Semblance;
using Semblance.Training;
using Semblance.Transformers.Adapters;

var folder = args.FirstOrDefault() ?? DefaultModel.Folder;
Example[] rows =
[
    new(["How do I reset my password?", "I forgot my login."]),
    new(["Where is my parcel?", "My delivery has not come."]),
    new(["怎样取消我的订阅？", "我不想再续费了。"]),
    new(["Which payment methods do you accept?", "Can I pay by card?"]),
];

var trained = SentenceTransformer.LoadTrainable(folder);
var lora = trained.AddAdapter(new LoraConfig { Rank = 8, Targets = ModuleSelector.AllLinear });
var trainer = new Trainer(
    trained,
    [new TrainingDataset("questions", rows, new MultipleNegativesRankingLoss())],
    new NoDuplicatesBatchSampler(rows, batchSize: 4),
    parameters => new AdamW(ParameterGroups.From(lora.SelectTrained(parameters))),
    new TrainerOptions { Steps = 50, Schedule = new LinearSchedule(5e-3, totalSteps: 50, warmupSteps: 5) });
trainer.Train();
var saved = Directory.CreateTempSubdirectory("adapter-").FullName;
lora.Save(saved);
Console.WriteLine($"{lora.ParameterCount:N0} parameters in {new FileInfo(Path.Combine(saved, "adapter_model.safetensors")).Length:N0} bytes");

// One model for all: a call chooses the adapter, or none.
var model = SentenceTransformer.Load(folder);
foreach (var adapter in (Adapter?[])[null, model.LoadAdapter(saved)])
{
    var options = new EncodeOptions { Adapter = adapter };
    var first = model.Encode([.. rows.Select(row => row.Texts[0])], options);
    var second = model.Encode([.. rows.Select(row => row.Texts[1])], options);
    var pairs = model.PairwiseSimilarity(first, second).Select(score => score.ToString("F3"));
    Console.WriteLine($"{adapter?.ToString() ?? "no adapter"}: {string.Join("  ", pairs)}");
}

Directory.Delete(saved, recursive: true);
