using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Tests;

public unsafe class TensorTests
{
    [Fact]
    public void Memory_starts_at_a_cache_line()
    {
        using var run = new Computation();
        for (var size = 1; size < 300; size += 7)
        {
            ((nint)Tensor.Zeros(size).Data % Tensor.Alignment).ShouldBe(0);
            ((nint)run.Lease(size).Data % Tensor.Alignment).ShouldBe(0);
        }
    }

    [Fact]
    public void Any_rank_is_a_matrix_of_its_last_dimension()
    {
        var x = Tensor.Zeros(2, 3, 4);
        (x.Rows, x.Columns, x.Length, x.ToString()).ShouldBe((6, 4, 24, "float32[2, 3, 4]"));
        Tensor.Zeros().Length.ShouldBe(1);
        Tensor.Zeros(0, 4).Rows.ShouldBe(0);
        Tensor.Zeros(4, 0).Rows.ShouldBe(0);
    }

    [Fact]
    public void Impossible_shapes_are_refused()
    {
        Should.Throw<ArgumentException>(() => Tensor.From([1, 2, 3], 2, 2));
        Should.Throw<ArgumentOutOfRangeException>(() => Tensor.Zeros(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => Tensor.ElementCount([1 << 20, 1 << 20]));
    }

    [Fact]
    public void A_mapped_tensor_cannot_be_written()
    {
        var owner = Tensor.From([1, 2], 2);
        var mapped = Tensor.Map(owner.Data, owner, 2);
        mapped.Values.ToArray().ShouldBe([1, 2]);
        Should.Throw<InvalidOperationException>(() => mapped.Writable[0] = 3);
    }

    [Fact]
    public void Memory_given_back_early_serves_the_next_tensor()
    {
        using var run = new Computation();
        var first = run.Lease(1000);
        var address = (nint)first.Data;
        first.Dispose();
        ((nint)run.Lease(1000).Data).ShouldBe(address);
        ((nint)run.Lease(1000).Data).ShouldNotBe(address);
    }

    [Fact]
    public void A_steady_stream_of_computations_allocates_no_new_blocks()
    {
        var layer = new Linear(TestTensors.Random(1, 512, 512), null);
        var x = TestTensors.Random(2, 256, 512);
        void Once()
        {
            using var run = new Computation(maxThreads: 1);
            using var y = run.Linear(x, layer);
            run.Linear(y, layer);
        }

        Once();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
        {
            Once();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10 * 256 * 512);
    }

    [Fact]
    public void Offsets_that_leave_a_sequence_empty_are_refused()
    {
        Should.Throw<ArgumentException>(() => new PackedBatch([1, 2], [0, 0], [0, 1, 1, 2]));
        Should.Throw<ArgumentException>(() => new PackedBatch([1, 2], [0, 0], [0, 1]));
        Should.Throw<ArgumentException>(() => new PackedBatch([1, 2], [0], [0, 2]));
    }

    [Fact]
    public void An_instruction_set_is_chosen_by_name()
    {
        InstructionSets.Choose("portable").ShouldBe(InstructionSet.Portable);
        InstructionSets.Choose(null).ShouldBe(InstructionSets.Choose(" "));
        Should.Throw<PlatformNotSupportedException>(() => InstructionSets.Choose("abacus")).Message.ShouldContain("Portable");
    }

    [Fact]
    public void The_processor_is_asked_for_what_it_has()
    {
        // Compiled at run time, IsSupported answers for the processor too, unless the runtime's settings switch instructions off.
        ((int)InstructionSets.Processor).ShouldBeGreaterThanOrEqualTo((int)InstructionSets.Choose(null));
        InstructionSets.Available.ShouldContain(InstructionSets.Processor);
    }

    [Fact]
    public void Portable_code_on_a_better_processor_is_warned_of_with_the_remedy()
    {
        InstructionSets.Warn(InstructionSet.Portable, InstructionSet.Avx512, null)!.ShouldContain("<IlcInstructionSet>x86-64-v3</IlcInstructionSet>");
        InstructionSets.Warn(InstructionSet.Portable, InstructionSet.Avx2, " ").ShouldNotBeNull();
        InstructionSets.Warn(InstructionSet.Portable, InstructionSet.Avx2, "portable").ShouldBeNull();
        InstructionSets.Warn(InstructionSet.Portable, InstructionSet.Portable, null).ShouldBeNull();
        InstructionSets.Warn(InstructionSet.Avx2, InstructionSet.Avx512, null).ShouldBeNull();
    }
}
